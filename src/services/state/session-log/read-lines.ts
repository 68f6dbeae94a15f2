import type { FileHandle } from 'node:fs/promises';

/** What is read from: any file that is open for reading. */
export type ReadableFile = Pick<FileHandle, 'read'>;

/** A line without its end, or null for one that is longer than the limit. */
export type Line = Buffer | null;

const chunkBytes = 64 * 1024;
const lineFeed = 0x0a;

/**
 * The lines of a file from its beginning, by the chunk in which they end; also a last one that has no end. Holds one chunk and
 * one line.
 * @throws the signal's reason within one chunk of its abort; what the disk throws
 */
export async function* readLines(
  file: ReadableFile,
  maxLineBytes: number,
  signal: AbortSignal,
): AsyncGenerator<readonly Line[], void> {
  let held: Buffer[] = [];
  let heldBytes = 0;

  const hold = (part: Buffer): void => {
    heldBytes += part.length;
    if (heldBytes > maxLineBytes) held = [];
    else held.push(part);
  };
  const take = (): Line => {
    const line = heldBytes > maxLineBytes ? null : Buffer.concat(held);
    held = [];
    heldBytes = 0;
    return line;
  };

  for (let position = 0; ; ) {
    signal.throwIfAborted();
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    const chunk = buffer.subarray(0, bytesRead);
    const lines: Line[] = [];
    let from = 0;
    for (let to = chunk.indexOf(lineFeed); to !== -1; to = chunk.indexOf(lineFeed, from)) {
      hold(chunk.subarray(from, to));
      lines.push(take());
      from = to + 1;
    }
    if (from < chunk.length) hold(chunk.subarray(from));
    yield lines;
  }
  if (heldBytes > 0) yield [take()];
}
