/** Lines in a row, each with its newline. */
export interface Lines {
  readonly count: number;
  readonly bytes: Buffer;
}

/**
 * The newest messages of a server, each one line of ASCII, as bytes in memory that is allocated once, so that thousands of lines make no work for
 * the garbage collector. Bounded in count and bytes: the oldest are dropped.
 */
export interface MessageRing {
  /** The number that the next message gets. */
  readonly next: number;
  /** The number of the oldest message that is kept. */
  readonly first: number;
  /** The messages that were dropped for lack of room. */
  readonly dropped: { readonly messages: number; readonly bytes: number };
  push(line: string): void;
  /** A copy of the lines from this number on: at most so many bytes, but at least one line; empty if none is kept from there on. */
  take(number: number, mostBytes: number): Lines;
}

const newline = 10;
const noLines: Lines = { count: 0, bytes: Buffer.alloc(0) };

export function createMessageRing(mostMessages: number, mostBytes: number): MessageRing {
  const ring = Buffer.allocUnsafeSlow(mostBytes);
  /** Where each line ends, in bytes from the very first line. */
  const ends = new Float64Array(mostMessages);
  const dropped = { messages: 0, bytes: 0 };
  let first = 0;
  let next = 0;
  let beginAt = 0;
  let endAt = 0;

  const endOf = (number: number) => ends[number % mostMessages] ?? 0;
  const beginOf = (number: number) => (number === first ? beginAt : endOf(number - 1));
  const drop = (messages: number, bytes: number) => {
    dropped.messages += messages;
    dropped.bytes += bytes;
  };
  const dropOldest = () => {
    const oldBeginAt = beginAt;
    beginAt = endOf(first);
    first += 1;
    drop(1, beginAt - oldBeginAt);
  };

  return {
    get next() {
      return next;
    },
    get first() {
      return first;
    },
    dropped,
    push(line) {
      const sizeBytes = line.length + 1;
      while (first < next && (next - first >= mostMessages || endAt + sizeBytes - beginAt > mostBytes)) dropOldest();
      if (sizeBytes > mostBytes) {
        drop(1, sizeBytes);
        return;
      }
      const written = ring.write(line, endAt % mostBytes, 'latin1');
      if (written < line.length) ring.write(line.slice(written), 'latin1');
      endAt += sizeBytes;
      ring[(endAt - 1) % mostBytes] = newline;
      ends[next % mostMessages] = endAt;
      next += 1;
    },
    take(number, mostBytesTaken) {
      if (number < first || number >= next) return noLines;
      const from = beginOf(number);
      let to = number + 1;
      while (to < next && endOf(to) - from <= mostBytesTaken) to += 1;
      const [begin, end] = [from % mostBytes, endOf(to - 1) % mostBytes];
      const bytes =
        begin < end
          ? Buffer.from(ring.subarray(begin, end))
          : Buffer.concat([ring.subarray(begin), ring.subarray(0, end)]);
      return { count: to - number, bytes };
    },
  };
}
