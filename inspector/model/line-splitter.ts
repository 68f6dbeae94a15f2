/** Puts lines together from pieces of text. */
export interface LineSplitter {
  /** The lines that are whole with this piece, without their newlines. */
  take(piece: string): readonly string[];
  /** What came without its newline so far. */
  readonly rest: string;
}

export function createLineSplitter(): LineSplitter {
  let rest = '';
  return {
    take(piece) {
      const lines = piece.split('\n');
      // Split as a whole, a long line would be gone through again with each of its pieces.
      lines[0] = `${rest}${lines[0]}`;
      rest = lines.pop() ?? '';
      return lines;
    },
    get rest() {
      return rest;
    },
  };
}
