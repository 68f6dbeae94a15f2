import type { FileHandle } from 'node:fs/promises';
import { createLineSplitter } from '../../domain/line-splitter.ts';

/** A file that is open for reading. */
type ReadableFile = Pick<FileHandle, 'read'>;

/** A line without its newline; null for one over the limit. */
export type Line = Buffer | null;

const chunkBytes = 64 * 1024;
const newline = 0x0a;

/**
 * The lines of a file from its beginning, by the chunk in which they end. Holds one chunk and one line; the lines stay valid.
 * @throws the signal's reason within one chunk of its abort; what the disk throws
 */
export const readLines = (file: ReadableFile, maxLineBytes: number, signal: AbortSignal) =>
  splitLines(readChunks(file, signal), maxLineBytes);

/** The lines of a stream, by the chunk in which they end. All chunks may use the same memory: a line is valid until the next chunk. */
export async function* splitLines(
  chunks: AsyncIterable<Buffer>,
  maxLineBytes: number,
): AsyncGenerator<readonly Line[], void> {
  let lines: Line[] = [];
  const splitter = createLineSplitter<Buffer>({
    maxLineBytes,
    join: Buffer.concat,
    onLine: (line) => lines.push(line),
    onTooLong: () => lines.push(null),
  });
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(newline) + 1;
    splitter.push(chunk.subarray(0, end));
    splitter.push(Buffer.from(chunk.subarray(end)));
    yield lines;
    lines = [];
  }
  splitter.end();
  if (lines.length > 0) yield lines;
}

async function* readChunks(file: ReadableFile, signal: AbortSignal): AsyncGenerator<Buffer, void> {
  for (let position = 0; ; ) {
    signal.throwIfAborted();
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
