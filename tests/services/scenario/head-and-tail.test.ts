import { describe, expect, it } from 'vitest';
import { createHeadAndTail } from '../../../src/services/scenario/head-and-tail.ts';

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString();

/** What is kept, four bytes at each end, of texts that are added one after another. */
function keep(...parts: readonly string[]) {
  const kept = createHeadAndTail(4);
  for (const part of parts) kept.add(Buffer.from(part));
  const { head, tail, leftOutBytes } = kept.take();
  return { head: textOf(head), tail: textOf(tail), leftOutBytes, sizeBytes: kept.sizeBytes };
}

describe('The beginning and the end of an output', () => {
  it('are everything, in one piece, while nothing has to be left out', () => {
    expect(keep()).toEqual({ head: '', tail: '', leftOutBytes: 0, sizeBytes: 0 });
    expect(keep('ab', 'c')).toEqual({ head: 'abc', tail: '', leftOutBytes: 0, sizeBytes: 3 });
    expect(keep('abcd')).toEqual({ head: 'abcd', tail: '', leftOutBytes: 0, sizeBytes: 4 });
    expect(keep('abcde', 'fgh')).toEqual({ head: 'abcdefgh', tail: '', leftOutBytes: 0, sizeBytes: 8 });
  });

  it('leave out the middle of more, and count it', () => {
    expect(keep('abcdefghi')).toEqual({ head: 'abcd', tail: 'fghi', leftOutBytes: 1, sizeBytes: 9 });
    expect(keep('a'.repeat(100), 'vwxyz')).toEqual({ head: 'aaaa', tail: 'wxyz', leftOutBytes: 97, sizeBytes: 105 });
  });

  it('are the same in whatever parts the output arrives', () => {
    const text = Array.from({ length: 60 }, (_, at) => String.fromCharCode(33 + at)).join('');
    for (let length = 0; length <= text.length; length += 1)
      for (const partBytes of [1, 2, 3, 5, 7, 11]) {
        const written = text.slice(0, length);
        expect(keep(...(written.match(new RegExp(`.{1,${partBytes}}`, 'g')) ?? []))).toEqual(keep(written));
      }
  });
});
