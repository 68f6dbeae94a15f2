/** A queue that keeps only the newest item of each name. */
export interface Latest<Thing> {
  put(name: string, thing: Thing): void;
  /** Yields items in the order of their names' arrival. Ends when the signal aborts. */
  take(): AsyncGenerator<Thing>;
}

export function createLatest<Thing>(signal: AbortSignal): Latest<Thing> {
  const waiting = new Map<string, Thing>();
  let wake: () => void = () => undefined;
  signal.addEventListener('abort', () => wake(), { once: true });
  return {
    put(name, thing) {
      waiting.set(name, thing);
      wake();
    },
    async *take() {
      while (!signal.aborted) {
        for (const [name, thing] of waiting) {
          waiting.delete(name);
          yield thing;
        }
        if (waiting.size > 0 || signal.aborted) continue;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
