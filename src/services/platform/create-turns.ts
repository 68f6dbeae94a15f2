/** Runs the work when its turn comes. @param signal null: it always waits. @throws the signal's reason if it is aborted before */
export type InTurn = <Result>(signal: AbortSignal | null, work: () => Promise<Result>) => Promise<Result>;

/** Limits how many tasks run at the same time. The others start in the order in which they arrived. */
export function createTurns(mostAtOnce: number): InTurn {
  const waiting = new Set<() => void>();
  let free = mostAtOnce;

  const turn = (signal: AbortSignal | null) =>
    new Promise<void>((resolve, reject) => {
      const begin = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        waiting.delete(begin);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      waiting.add(begin);
    });
  const passOn = () => {
    const [next] = waiting;
    if (next === undefined) free += 1;
    else {
      waiting.delete(next);
      next();
    }
  };

  return async (signal, work) => {
    signal?.throwIfAborted();
    if (free === 0) await turn(signal);
    else free -= 1;
    try {
      return await work();
    } finally {
      passOn();
    }
  };
}
