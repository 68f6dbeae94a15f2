import { expect, it } from 'vitest';
import { readText } from '../../inspector/page/stream/read-text.ts';
import { isAppError } from '../../src/domain/app-error.ts';

const long = 'a line of a recording, with a dish: crème brûlée\n'.repeat(20_000);

it('A long text is read unchanged, in pieces', async () => {
  const pieces: string[] = [];
  for await (const piece of readText(new Blob([long]).stream())) pieces.push(piece);
  expect(pieces.join('')).toBe(long);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(100_000);
});

it('Other tasks run before a long text is read to its end', async () => {
  let turns = 0;
  const other = setInterval(() => {
    turns += 1;
  });
  for await (const _ of readText(new Blob([long]).stream())) workFor(4);
  clearInterval(other);
  expect(turns).toBeGreaterThan(2);
});

it('Reading stops with its reader, and a text that ends too early is reported with the fix', async () => {
  let isLetGo = false;
  const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => controller.enqueue(new TextEncoder().encode('on and on\n')),
    cancel() {
      isLetGo = true;
    },
  });
  for await (const _ of readText(endless)) break;
  await expect.poll(() => isLetGo).toBe(true);

  const broken = new ReadableStream<Uint8Array<ArrayBuffer>>({ start: (controller) => controller.error(new Error()) });
  const problem = await readText(broken)
    .next()
    .catch((error: unknown) => error);
  expect(isAppError(problem) && problem.message).toBe('it could not be read to its end. Open it again');
});

function workFor(ms: number): void {
  const endsAtMs = performance.now() + ms;
  while (performance.now() < endsAtMs);
}
