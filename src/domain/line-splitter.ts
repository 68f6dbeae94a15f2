import { createBoundedBytes, type JoinBytes } from './bounded-bytes.ts';

/** A `Uint8Array` or a `Buffer`; lines are of the same kind. */
interface ByteChunk<Self> {
  readonly length: number;
  indexOf(byte: number, from?: number): number;
  subarray(start: number, end?: number): Self;
}

export interface LineSplitter<Chunk> {
  /** Takes the next chunk. An unfinished line is held without copying it: its memory must not change until the line ends. */
  push(chunk: Chunk): void;
  /** Ends the stream: bytes after the last newline are a line too. */
  end(): void;
}

export interface LineSplitterOptions<Chunk> {
  /** Without the newline. A longer line is read to its end without being held, and reported once. */
  readonly maxLineBytes: number;
  readonly join: JoinBytes<Chunk>;
  /** Called in order. The line comes without its newline and may be empty. */
  onLine(line: Chunk): void;
  /** Called instead of `onLine`, with the size of the whole line. */
  onTooLong(sizeBytes: number): void;
}

const newline = 0x0a;

/** Splits a stream of bytes into lines. */
export function createLineSplitter<Chunk extends ByteChunk<Chunk>>({
  maxLineBytes,
  join,
  onLine,
  onTooLong,
}: LineSplitterOptions<Chunk>): LineSplitter<Chunk> {
  const begun = createBoundedBytes(maxLineBytes, join);
  const finish = () => {
    const { sizeBytes } = begun;
    const line = begun.take();
    if (line === null) onTooLong(sizeBytes);
    else onLine(line);
  };
  return {
    push(chunk) {
      let start = 0;
      for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
        const part = chunk.subarray(start, end);
        start = end + 1;
        if (begun.sizeBytes === 0 && part.length <= maxLineBytes) onLine(part);
        else {
          begun.add(part);
          finish();
        }
      }
      if (start < chunk.length) begun.add(chunk.subarray(start));
    },
    end() {
      if (begun.sizeBytes > 0) finish();
    },
  };
}
