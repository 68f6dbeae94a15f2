import { AppError } from '../../../src/domain/app-error.ts';
import { createYield } from './yield-to-page.ts';

/** In characters; a page processes this in a few milliseconds. */
const longestPiece = 32_768;

/**
 * The text of a body in pieces. The page can draw and handle input between two of them. Cancels the body when the reader stops.
 * @throws AppError `unavailable` if the body ends too early
 */
export async function* readText(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  const yieldToPage = createYield();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(breakOff);
      if (done) return;
      for (let at = 0; at < value.length; at += longestPiece) {
        yield value.slice(at, at + longestPiece);
        await yieldToPage();
      }
    }
  } finally {
    // After a failure, cancel fails too.
    reader.cancel().catch(() => undefined);
  }
}

function breakOff(cause: unknown): never {
  throw new AppError('unavailable', 'it could not be read to its end. Open it again', { cause });
}
