/** Runs the work when its turn has come. @throws the signal's reason when that is aborted before */
export type InTurn = <Result>(signal: AbortSignal, work: () => Promise<Result>) => Promise<Result>;

/** Lets so many pieces of work run at the same time; the others wait, and begin in the order in which they came. */
export function createTurns(mostAtOnce: number): InTurn {
  const waiting = new Set<() => void>();
  let free = mostAtOnce;

  const turn = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const begin = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        waiting.delete(begin);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      waiting.add(begin);
    });
  const handOn = () => {
    const [next] = waiting;
    if (next === undefined) free += 1;
    else {
      waiting.delete(next);
      next();
    }
  };

  return async (signal, work) => {
    signal.throwIfAborted();
    if (free === 0) await turn(signal);
    else free -= 1;
    try {
      return await work();
    } finally {
      handOn();
    }
  };
}
