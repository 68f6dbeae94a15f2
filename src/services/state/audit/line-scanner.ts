import { createCarry } from './carry.ts';

/** A line without its end, or null for one that is longer than the limit. */
export type ScannedLine = string | null;

/** Finds lines in bytes that come in chunks of any size. */
export interface LineScanner {
  /** The lines that end in this chunk. Must be read to its end before the next chunk is given. */
  scan(chunk: Buffer): Generator<ScannedLine, void>;
  /** The last line, where the bytes did not end with a line end. */
  end(): Generator<ScannedLine, void>;
}

const lineFeed = 0x0a;
const nothing = Buffer.alloc(0);

export function createLineScanner(maxLineBytes: number): LineScanner {
  const carry = createCarry(maxLineBytes);
  return {
    *scan(chunk) {
      let from = 0;
      for (let to = chunk.indexOf(lineFeed); to !== -1; to = chunk.indexOf(lineFeed, from)) {
        const line = carry.take(chunk, from, to) ?? null;
        from = to + 1;
        yield line;
      }
      carry.add(chunk, from, chunk.length);
    },
    *end() {
      if (carry.sizeBytes > 0) yield carry.take(nothing, 0, 0) ?? null;
    },
  };
}
