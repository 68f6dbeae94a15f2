const newline = 0x0a;

export interface LineReader {
  push(chunk: Buffer): void;
  /** The stream has ended: what stands after the last newline is a line too. */
  end(): void;
}

/**
 * Cuts a stream of bytes into lines. A line past the limit is read to its end without being kept and reported once.
 * @param maxBytes of a line, without its newline
 */
export function createLineReader(
  maxBytes: number,
  onLine: (line: Buffer) => void,
  onTooLong: (bytes: number) => void,
): LineReader {
  let kept: Buffer[] = [];
  let keptBytes = 0;
  const keep = (part: Buffer) => {
    keptBytes += part.length;
    if (keptBytes > maxBytes) kept = [];
    else if (part.length > 0) kept.push(part);
  };
  const finish = () => {
    if (keptBytes > maxBytes) onTooLong(keptBytes);
    else if (kept.length === 1 && kept[0] !== undefined) onLine(kept[0]);
    else if (kept.length > 1) onLine(Buffer.concat(kept, keptBytes));
    kept = [];
    keptBytes = 0;
  };
  return {
    push(chunk) {
      let start = 0;
      for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
        keep(chunk.subarray(start, end));
        finish();
        start = end + 1;
      }
      if (start < chunk.length) keep(chunk.subarray(start));
    },
    end: finish,
  };
}
