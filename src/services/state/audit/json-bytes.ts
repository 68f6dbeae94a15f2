/** Where in an element the last chunk ended. */
export interface Nesting {
  /** Open brackets and braces together; `JSON.parse` checks later whether they match. */
  depth: number;
  inString: boolean;
  /** Whether the next byte is escaped. */
  isEscaped: boolean;
}

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
/** With this bit set, `[` reads as `{` and `]` as `}`; no other byte does. */
const braceBit = 0x20;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/**
 * The position of the comma, bracket or brace that ends the element; the chunk's length where the element does not end in it. Then
 * `nesting` holds what is open, for the next chunk.
 */
export function findElementEnd(chunk: Buffer, from: number, nesting: Nesting): number {
  const { length } = chunk;
  let { depth, inString, isEscaped } = nesting;
  let at = from;
  for (; at < length; at += 1) {
    const byte = chunk[at] ?? 0;
    if (inString) {
      if (isEscaped) isEscaped = false;
      else if (byte === backslash) isEscaped = true;
      else if (byte === quote) inString = false;
      continue;
    }
    const folded = byte | braceBit;
    if (byte === quote) inString = true;
    else if (byte === comma && depth === 0) break;
    else if (folded === openBrace) depth += 1;
    else if (folded === closeBrace) {
      if (depth === 0) break;
      depth -= 1;
    }
  }
  nesting.depth = depth;
  nesting.inString = inString;
  nesting.isEscaped = isEscaped;
  return at;
}

/** The position of the first byte from `from` on that is not JSON white space; the chunk's length where there is none. */
export function skipWhiteSpace(chunk: Buffer, from: number): number {
  let at = from;
  while (at < chunk.length && isWhiteSpace(chunk[at])) at += 1;
  return at;
}

function isWhiteSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
