export interface WatchedPiece {
  readonly text: string;
  /** The first of a connection: what came before comes again, as far as the server has kept it. */
  readonly isFirst: boolean;
}

/**
 * The pieces of what a server sends. After so many bytes it is watched anew, over a second connection that replaces the first: a server keeps less
 * than that, and its oldest messages cannot be cut off here without the state that they led to.
 */
export async function* watchRenewed(
  watch: () => AsyncIterable<string>,
  renewAfterBytes: number,
): AsyncGenerator<WatchedPiece> {
  let pieces = watch()[Symbol.asyncIterator]();
  let receivedBytes = 0;
  let isFirst = true;
  try {
    for (;;) {
      const { value: text, done } = await pieces.next();
      if (done) return;
      yield { text, isFirst };
      isFirst = false;
      receivedBytes += text.length;
      if (receivedBytes < renewAfterBytes) continue;
      receivedBytes = 0;
      const renewed = await openAgain(watch);
      // It ends, or has as many watchers as it serves.
      if (renewed === null) continue;
      await pieces.return?.();
      pieces = renewed;
      isFirst = true;
    }
  } finally {
    await pieces.return?.();
  }
}

/** @returns the pieces of a new connection once the first has come; null: none comes */
async function openAgain(watch: () => AsyncIterable<string>): Promise<AsyncIterator<string> | null> {
  try {
    const pieces = watch()[Symbol.asyncIterator]();
    const first = await pieces.next();
    return first.done === true ? null : startWith(first.value, pieces);
  } catch {
    return null;
  }
}

async function* startWith(first: string, pieces: AsyncIterator<string>): AsyncGenerator<string> {
  try {
    yield first;
    for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
  } finally {
    await pieces.return?.();
  }
}
