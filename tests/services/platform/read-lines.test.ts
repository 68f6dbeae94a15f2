import type { FileHandle } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readLines, splitLines } from '../../../src/services/platform/read-lines.ts';

/** All chunks lie in the same memory. */
async function* chunksOf(bytes: Buffer, chunkBytes: number): AsyncGenerator<Buffer> {
  const chunk = Buffer.alloc(chunkBytes);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const sizeBytes = bytes.copy(chunk, 0, at, at + chunkBytes);
    yield chunk.subarray(0, sizeBytes);
  }
}

async function textsOf(chunks: AsyncIterable<Buffer>, maxLineBytes: number) {
  const texts: (string | null)[] = [];
  for await (const lines of splitLines(chunks, maxLineBytes))
    texts.push(...lines.map((line) => line?.toString() ?? null));
  return texts;
}

it('Every line is found in chunks of any size, and those that are too long are told apart', async () => {
  const line = fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => text.replaceAll('\n', ' '));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.boolean(), fc.integer({ min: 1, max: 40 }), async (lines, isEnded, size) => {
      const text = lines.join('\n') + (isEnded ? '\n' : '');
      const expected = text.split('\n').map((each) => (Buffer.byteLength(each) > 20 ? null : each));
      if (expected.at(-1) === '') expected.pop();
      expect(await textsOf(chunksOf(Buffer.from(text), size), 20)).toEqual(expected);
    }),
  );
});

it('A file is read in chunks of 64 KiB, and no further once the signal is aborted', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const lengths: number[] = [];
  const read = async (buffer: Buffer, _offset: number, length: number) => {
    lengths.push(length);
    if (lengths.length === 3) controller.abort(reason);
    buffer.fill('a line\n');
    return { bytesRead: length, buffer };
  };
  const readAll = async () => {
    for await (const _ of readLines({ read: read as FileHandle['read'] }, 100, controller.signal));
  };
  await expect(readAll()).rejects.toBe(reason);
  expect(lengths).toEqual([65_536, 65_536, 65_536]);
});
