/** Puts a piece of text together that may lie across several chunks. Holds no more than its limit. */
export interface Carry {
  /** Keeps bytes of a piece whose end is not in this chunk. They are copied: the chunk is used again. */
  add(chunk: Buffer, from: number, to: number): void;
  /** The whole piece, ended by these bytes; undefined where it is longer than the limit. Empty afterwards. */
  take(chunk: Buffer, from: number, to: number): string | undefined;
  /** Bytes of the piece so far, also of one that is too long to be held. */
  readonly sizeBytes: number;
}

export function createCarry(limitBytes: number): Carry {
  let parts: Buffer[] = [];
  let sizeBytes = 0;

  return {
    get sizeBytes() {
      return sizeBytes;
    },
    add(chunk, from, to) {
      sizeBytes += to - from;
      if (sizeBytes > limitBytes) parts = [];
      else if (to > from) parts.push(Buffer.from(chunk.subarray(from, to)));
    },
    take(chunk, from, to) {
      const isOversized = sizeBytes + to - from > limitBytes;
      const held = parts;
      parts = [];
      sizeBytes = 0;
      if (isOversized) return undefined;
      if (held.length === 0) return chunk.toString('utf8', from, to);
      return Buffer.concat([...held, chunk.subarray(from, to)]).toString('utf8');
    },
  };
}
