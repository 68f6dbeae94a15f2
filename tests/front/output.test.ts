import { PassThrough, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createOutput } from '../../src/front/output.ts';

const collecting = () => {
  const pieces: string[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      pieces.push(String(chunk));
      done();
    },
  });
  return { pieces, stream };
};

describe('Output to the client', () => {
  it('is written together for all that one event of the loop leads to, and before the next event', async () => {
    const { pieces, stream } = collecting();
    const output = createOutput(stream, stream.write.bind(stream), () => undefined);
    const nextEvent = new Promise((resolve) => setImmediate(resolve)).then(() => [...pieces]);
    output.write('one\n');
    output.write('two\n');
    expect(pieces).toEqual([]);
    expect(await nextEvent).toEqual(['one\ntwo\n']);
  });

  it('is written in pieces where it is long', () => {
    const { pieces, stream } = collecting();
    const output = createOutput(stream, stream.write.bind(stream), () => undefined);
    const [one, two, three] = ['1', '2', '3'].map((digit) => `${digit.repeat(700)}\n`);
    for (const line of [one, two, three]) output.write(String(line));
    expect(pieces).toEqual([`${one}${two}`]);
  });

  it('is whole and in order, whatever its length', async () => {
    const { pieces, stream } = collecting();
    const output = createOutput(stream, stream.write.bind(stream), () => undefined);
    const lines = Array.from({ length: 500 }, (_, index) => `${index} ${'x'.repeat(index % 97)}\n`);
    for (const line of lines) output.write(line);
    await output.flush();
    expect(pieces.join('')).toBe(lines.join(''));
  });

  describe('that is not read', () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
    afterEach(() => void vi.useRealTimers());
    const stalled = { bytes: 1_000, forMs: 10_000 };
    const unread = () => new PassThrough({ highWaterMark: 1 });

    it('counts as closed when too much is unread for too long', () => {
      const stream = unread();
      const onClosed = vi.fn();
      createOutput(stream, stream.write.bind(stream), onClosed, stalled).write('x'.repeat(5_000));
      vi.advanceTimersByTime(9_999);
      expect(onClosed).not.toHaveBeenCalled();
      vi.advanceTimersByTime(1);
      expect(onClosed).toHaveBeenCalledOnce();
    });

    it('stays open when the client reads in time', async () => {
      const stream = unread();
      const onClosed = vi.fn();
      const output = createOutput(stream, stream.write.bind(stream), onClosed, stalled);
      output.write('x'.repeat(5_000));
      stream.resume();
      await output.flush();
      vi.advanceTimersByTime(60_000);
      expect(onClosed).not.toHaveBeenCalled();
    });
  });
});
