import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineScanner } from '../../../../src/services/state/audit/line-scanner.ts';

function scan(bytes: Buffer, chunkBytes: number, maxLineBytes: number) {
  const scanner = createLineScanner(maxLineBytes);
  const chunk = Buffer.alloc(chunkBytes);
  const lines: (string | null)[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const sizeBytes = bytes.copy(chunk, 0, at, at + chunkBytes);
    lines.push(...scanner.scan(chunk.subarray(0, sizeBytes)));
  }
  return [...lines, ...scanner.end()];
}

describe('the line scanner', () => {
  it('finds every line in chunks of any size, and says which are too long', () => {
    const line = fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => text.replaceAll('\n', ' '));
    fc.assert(
      fc.property(fc.array(line), fc.boolean(), fc.integer({ min: 1, max: 40 }), (lines, endsWithLineEnd, size) => {
        const text = lines.join('\n') + (endsWithLineEnd ? '\n' : '');
        const expected = text.split('\n').map((each) => (Buffer.byteLength(each) > 20 ? null : each));
        if (expected.at(-1) === '') expected.pop();
        expect(scan(Buffer.from(text), size, 20)).toEqual(expected);
      }),
    );
  });
});
