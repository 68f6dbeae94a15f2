import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineSplitter } from '../../src/domain/line-splitter.ts';

const limit = 40;
const lengths = fc.oneof(fc.nat(limit * 2), fc.constantFrom(limit - 1, limit, limit + 1));
const someLine = lengths
  .chain((length) => fc.uint8Array({ minLength: length, maxLength: length }))
  .map((bytes) => bytes.map((byte) => (byte === 0x0a ? 0x0b : byte)));
const someLines = fc.array(someLine);

/** The lines, or how long they were, of bytes that are cut into chunks at these places. */
const split = (bytes: Buffer, cuts: readonly number[]) => {
  const seen: (string | number)[] = [];
  const splitter = createLineSplitter<Buffer>({
    maxLineBytes: limit,
    join: Buffer.concat,
    onLine: (line) => seen.push(line.toString('hex')),
    onTooLong: (sizeBytes) => seen.push(sizeBytes),
  });
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (const [index, edge] of edges.entries()) splitter.push(bytes.subarray(edges[index - 1] ?? 0, edge));
  splitter.end();
  return seen;
};

describe('The line splitter', () => {
  it('gives every line whole or its length, wherever the bytes are split', () => {
    fc.assert(
      fc.property(someLines, fc.array(fc.nat()), (lines, cuts) => {
        const bytes = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
        const expected = lines.map((line) => (line.length > limit ? line.length : Buffer.from(line).toString('hex')));
        expect(split(bytes, cuts)).toEqual(expected);
      }),
    );
  });

  it('takes bytes after the last newline as a line', () => {
    const unfinished = fc.uint8Array({ minLength: 1, maxLength: limit }).filter((bytes) => bytes.at(-1) !== 0x0a);
    fc.assert(
      fc.property(unfinished, fc.array(fc.nat()), (bytes, cuts) => {
        const ended = split(Buffer.concat([bytes, Buffer.from('\n')]), cuts);
        expect(split(Buffer.from(bytes), cuts)).toEqual(ended);
      }),
    );
  });
});
