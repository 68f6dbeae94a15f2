/** Keeps one copy of long texts that repeat. */
export interface TextPool {
  /** @returns the kept copy, and whether it is new */
  take(text: string): { readonly text: string; readonly isNew: boolean };
  /** Forgets all other texts. */
  keepOnly(texts: Iterable<string>): void;
}

export function createTextPool(): TextPool {
  let kept = new Map<string, string>();
  return {
    take(text) {
      const known = kept.get(text);
      if (known === undefined) kept.set(text, text);
      return { text: known ?? text, isNew: known === undefined };
    },
    keepOnly(texts) {
      kept = new Map([...texts].map((text) => [text, text]));
    },
  };
}
