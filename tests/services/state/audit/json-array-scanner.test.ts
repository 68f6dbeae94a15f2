import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createJsonArrayScanner,
  type ScannedElement,
} from '../../../../src/services/state/audit/json-array-scanner.ts';

const roomy = 1024 * 1024;

function scan(bytes: Buffer, chunkBytes: number, maxElementBytes = roomy) {
  const scanner = createJsonArrayScanner(maxElementBytes);
  const found: ScannedElement[] = [];
  const chunk = Buffer.alloc(chunkBytes);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const sizeBytes = bytes.copy(chunk, 0, at, at + chunkBytes);
    found.push(...scanner.scan(chunk.subarray(0, sizeBytes)));
  }
  return { found, isComplete: scanner.isComplete, isDamaged: scanner.isDamaged };
}

const values = (found: readonly ScannedElement[]) =>
  found.map((element) => (element.kind === 'value' ? element.value : 'oversized'));

const chunkSizes = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 4096 }));
const jsonArrays = fc
  .tuple(fc.array(fc.jsonValue({ stringUnit: 'binary' })), fc.constantFrom(undefined, 1, '\t', '\r\n '))
  .map(([array, indent]) => ({
    array: JSON.parse(JSON.stringify(array)) as unknown[],
    text: JSON.stringify(array, null, indent),
  }));

describe('the JSON array scanner', () => {
  it('finds what JSON.parse finds, in chunks of any size', () => {
    fc.assert(
      fc.property(jsonArrays, chunkSizes, ({ array, text }, chunkBytes) => {
        const { found, isComplete } = scan(Buffer.from(text), chunkBytes);
        expect(values(found)).toEqual(array);
        expect(isComplete).toBe(true);
      }),
    );
  });

  it('yields the complete elements of a file that ends too early', () => {
    fc.assert(
      fc.property(
        jsonArrays,
        chunkSizes,
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ array, text }, size, share) => {
          const bytes = Buffer.from(text);
          const cut = bytes.subarray(0, Math.floor(share * bytes.length * 0.999));
          const { found, isComplete } = scan(cut, size);
          expect(values(found)).toEqual(array.slice(0, found.length));
          expect(isComplete).toBe(false);
        },
      ),
    );
  });

  it('never throws, and completes only what JSON.parse takes for an array', () => {
    const jsonLike = fc
      .array(fc.constantFrom('[', ']', '{', '}', ',', ':', '"', '\\', ' ', '1', 'null', '"a"', '{"a":[1]}', '\n'))
      .map((parts) => Buffer.from(`[${parts.join('')}`));
    const bytes = fc.oneof(jsonLike, fc.uint8Array().map(Buffer.from));
    fc.assert(
      fc.property(bytes, chunkSizes, (garbage, chunkBytes) => {
        const { found, isComplete, isDamaged } = scan(garbage, chunkBytes);
        expect(isComplete && isDamaged).toBe(false);
        expect(isComplete).toBe(isArray(garbage));
        expect(values(found)).toEqual(elementsBeforeTheDefect(garbage));
      }),
      { numRuns: 2_000 },
    );
  });

  it('passes over an element that is longer than the limit and finds the ones after it', () => {
    fc.assert(
      fc.property(chunkSizes, fc.integer({ min: 19, max: 200 }), (chunkBytes, length) => {
        const long = JSON.stringify([`]},"\\${'x'.repeat(length)}`]);
        const { found, isComplete } = scan(Buffer.from(`[1, ${long}, {"b": 2}]`), chunkBytes, 20);
        expect(values(found)).toEqual([1, 'oversized', { b: 2 }]);
        expect(isComplete).toBe(true);
      }),
    );
  });

  it('accepts an element of exactly the limit', () => {
    const { found } = scan(Buffer.from('["12345678","123456789"]'), 3, 10);
    expect(values(found)).toEqual(['12345678', 'oversized']);
  });

  it.each(['', '  ', '{}', '"[]"', '[1}', '[1,]', '[,1]', '[1] 2', '[1]]', '[1 2]', '\uFEFF[]', '[{"a":1]'])(
    'does not call %j a whole array',
    (text) => {
      expect(scan(Buffer.from(text), 2).isComplete).toBe(false);
    },
  );
});

function isArray(bytes: Buffer): boolean {
  try {
    return Array.isArray(JSON.parse(bytes.toString('utf8')));
  } catch {
    return false;
  }
}

/** The same question, asked the slow way: the longest text up to a comma or the end that closes to an array. */
function elementsBeforeTheDefect(bytes: Buffer): unknown[] {
  const text = bytes.toString('latin1');
  for (let end = text.length; end > 0; end -= 1) {
    const last = text[end - 1];
    if (last !== ',' && last !== ']') continue;
    const closed = Buffer.from(`${text.slice(0, end - 1)}]`, 'latin1').toString('utf8');
    try {
      const value: unknown = JSON.parse(closed);
      if (Array.isArray(value)) return value;
    } catch {
      // The defect comes earlier.
    }
  }
  return [];
}
