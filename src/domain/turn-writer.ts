/** The reader handles one piece while the next is made. */
const pieceChars = 1_024;

/** Joins lines into few writes: each costs a call of the system, and wakes the reader. */
export interface TurnWriter {
  /** What is written while one event of the loop is handled leaves together, in pieces where it is long. */
  write(line: string): void;
  /** Sends what is held. */
  flush(): void;
}

/** @param send takes one or more lines; never called with an empty text */
export function createTurnWriter(send: (text: string) => void): TurnWriter {
  let pending = '';
  const flush = () => {
    const text = pending;
    pending = '';
    if (text !== '') send(text);
  };
  return {
    write(line) {
      if (pending === '') queueMicrotask(flush);
      pending += line;
      if (pending.length > pieceChars) flush();
    },
    flush,
  };
}
