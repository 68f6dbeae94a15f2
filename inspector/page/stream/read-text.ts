import { AppError } from '../../../src/domain/app-error.ts';
import { createRests } from '../parts/rests.ts';

/** What a page deals with in a few milliseconds. */
const longestPiece = 32_768;

/**
 * The text of a body as it comes, piece by piece; between two of them the page draws and listens. Whoever stops reading ends the body.
 * @throws AppError `unavailable` where it breaks off
 */
export async function* readText(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  const rest = createRests();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(breakOff);
      if (done) return;
      for (let at = 0; at < value.length; at += longestPiece) {
        yield value.slice(at, at + longestPiece);
        await rest();
      }
    }
  } finally {
    // One that has broken off says so again.
    reader.cancel().catch(() => undefined);
  }
}

function breakOff(cause: unknown): never {
  throw new AppError('unavailable', 'it breaks off before its end: open it again', { cause });
}
