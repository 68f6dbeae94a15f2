/** Things with a name that wait to be taken, however slowly: of each name only the last. */
export interface Latest<Thing> {
  put(name: string, thing: Thing): void;
  /** In the order in which the names came. Ends with the signal. */
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
