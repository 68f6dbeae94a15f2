/** Keeps one copy of texts that are long and come again and again. */
export interface TextPool {
  /** @returns the copy that is kept, and whether it is new */
  take(text: string): { readonly text: string; readonly isNew: boolean };
  /** Lets go of all but these. */
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
