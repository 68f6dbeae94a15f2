import { createBoundedBytes } from '../../../domain/bounded-bytes.ts';
import { findElementEnd, type Nesting, skipWhiteSpace } from './json-bytes.ts';

/** `oversized`: an element over the limit. Its end is found, but it is not parsed. */
export type ScannedElement = { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'oversized' };

/**
 * Finds the top-level elements of a JSON array in bytes that come in chunks of any size, and parses each on its own. The result equals
 * that of `JSON.parse` up to the first defect. It ends there, since what is inside a string is unknown after a defect. Never throws.
 */
export interface JsonArrayScanner {
  /** The elements that end in this chunk. Must be iterated to the end before the next chunk is passed. */
  scan(chunk: Buffer): Generator<ScannedElement, void>;
  /** Whether the bytes so far cannot be the beginning of a JSON array. */
  readonly isDamaged: boolean;
  /** Whether the bytes so far are a whole JSON array. */
  readonly isComplete: boolean;
}

const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;

type State = 'beforeArray' | 'beforeFirst' | 'beforeElement' | 'inElement' | 'afterArray' | 'damaged';

export function createJsonArrayScanner(maxElementBytes: number): JsonArrayScanner {
  const element = createBoundedBytes<Buffer>(maxElementBytes, Buffer.concat);
  const nesting: Nesting = { depth: 0, inString: false, isEscaped: false };
  let state: State = 'beforeArray';

  function* scan(chunk: Buffer): Generator<ScannedElement, void> {
    let at = 0;
    while (at < chunk.length && state !== 'damaged') {
      if (state !== 'inElement') {
        at = skipWhiteSpace(chunk, at);
        if (at === chunk.length) return;
        if (!enter(chunk[at])) {
          at += 1;
          continue;
        }
      }
      const end = findElementEnd(chunk, at, nesting);
      if (end === chunk.length) {
        // A copy: the next chunk may come in the same memory.
        element.add(Buffer.from(chunk.subarray(at)));
        return;
      }
      element.add(chunk.subarray(at, end));
      const text = element.take()?.toString();
      state = stateAfter(chunk[end]);
      at = end + 1;
      if (state === 'damaged') return;
      const scanned = text === undefined ? oversized : parse(text);
      if (scanned === undefined) state = 'damaged';
      else yield scanned;
    }
  }

  /** Takes the first byte after white space; true where it begins an element. */
  function enter(byte: number | undefined): boolean {
    if (state === 'beforeArray') state = byte === openBracket ? 'beforeFirst' : 'damaged';
    else if (state === 'afterArray') state = 'damaged';
    else if (state === 'beforeFirst' && byte === closeBracket) state = 'afterArray';
    else state = 'inElement';
    return state === 'inElement';
  }

  return {
    scan,
    get isDamaged() {
      return state === 'damaged';
    },
    get isComplete() {
      return state === 'afterArray';
    },
  };
}

const oversized: ScannedElement = { kind: 'oversized' };

function stateAfter(delimiter: number | undefined): State {
  if (delimiter === comma) return 'beforeElement';
  return delimiter === closeBracket ? 'afterArray' : 'damaged';
}

function parse(text: string): ScannedElement | undefined {
  try {
    return { kind: 'value', value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
