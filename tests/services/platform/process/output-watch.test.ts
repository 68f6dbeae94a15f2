import { appendFileSync, rmSync, truncateSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ProcessProgress } from '../../../../src/domain/child-process.ts';
import { createOutputFile } from '../../../../src/services/platform/process/output-file.ts';
import { createOutputWatch, type OutputWatch } from '../../../../src/services/platform/process/output-watch.ts';
import { tempFolder } from '../../../doubles/temp-folder.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** The watch looks once. */
const look = () => vi.advanceTimersByTime(1_000);

function watchTwoFiles({ limitBytes = 100, watch = createOutputWatch() as OutputWatch } = {}) {
  const dir = tempFolder();
  const [out, err] = [`${dir}/out`, `${dir}/err`];
  const files = [out, err].map(createOutputFile);
  onTestFinished(() => {
    for (const file of files) file.discard();
  });
  const told: ProcessProgress[] = [];
  let tooMuch = 0;
  const end = watch.watch({
    files,
    limitBytes,
    onProgress: (progress) => told.push(progress),
    onTooMuch: () => {
      tooMuch += 1;
    },
  });
  return {
    watch,
    out,
    err,
    end,
    told,
    lines: () => told.map(({ lastLine }) => lastLine),
    get tooMuch() {
      return tooMuch;
    },
  };
}

describe('A watch of the output of a program', () => {
  it('reports once a second the elapsed time and the last line of stdout or stderr', () => {
    const { out, err, told } = watchTwoFiles();
    look();
    appendFileSync(out, 'one\ntwo\n');
    look();
    appendFileSync(err, 'a warning\n');
    look();
    look();
    expect(told).toEqual([
      { elapsedMs: 1_000, lastLine: null },
      { elapsedMs: 2_000, lastLine: 'two' },
      { elapsedMs: 3_000, lastLine: 'a warning' },
      { elapsedMs: 4_000, lastLine: 'a warning' },
    ]);
  });

  it('reports the last line that is not blank, also of a progress bar', () => {
    const { out, lines } = watchTwoFiles();
    appendFileSync(out, '10 %\r20 %\r  30 %  \r');
    look();
    appendFileSync(out, '\n \n\n');
    look();
    expect(lines()).toEqual(['30 %', '30 %']);
  });

  it('reports the end of a long line', () => {
    const { out, lines } = watchTwoFiles({ limitBytes: 10_000 });
    appendFileSync(out, `${'x'.repeat(5_000)}end`);
    look();
    expect(lines()[0]).toMatch(/^x{397}end$/);
  });

  it.each(['out', 'err'] as const)(
    'hears once that it has gone too far with %s, and no progress after that',
    (name) => {
      const watched = watchTwoFiles({ limitBytes: 100 });
      appendFileSync(watched[name], 'x'.repeat(100));
      look();
      expect(watched.tooMuch).toBe(0);
      appendFileSync(watched[name], 'x');
      look();
      look();
      expect(watched.tooMuch).toBe(1);
      expect(watched.told).toHaveLength(1);
    },
  );

  it('reports nothing after its end', () => {
    const watched = watchTwoFiles({ limitBytes: 1 });
    appendFileSync(watched.out, 'too much');
    watched.end();
    watched.end();
    look();
    expect([watched.tooMuch, watched.told]).toEqual([0, []]);
  });

  it('keeps no timer after its end, and does not end another watch', () => {
    const watch = createOutputWatch();
    expect(vi.getTimerCount()).toBe(0);
    const [first, second] = [watchTwoFiles({ watch }), watchTwoFiles({ watch })];
    expect(vi.getTimerCount()).toBe(1);
    first.end();
    appendFileSync(second.out, 'on\n');
    look();
    expect(second.lines()).toEqual(['on']);
    second.end();
    expect(vi.getTimerCount()).toBe(0);
    const third = watchTwoFiles({ watch });
    look();
    expect(third.told).toHaveLength(1);
    third.end();
  });

  it('continues for others when one program exceeds its limit and its watch ends', () => {
    const watch = createOutputWatch();
    const first = watchTwoFiles({ watch, limitBytes: 1 });
    const second = watchTwoFiles({ watch });
    appendFileSync(first.out, 'too much');
    look();
    first.end();
    look();
    expect(first.tooMuch).toBe(1);
    expect(second.told).toHaveLength(2);
  });

  it('reports the last line of a file that became shorter', () => {
    const { out, lines } = watchTwoFiles();
    appendFileSync(out, 'before\n');
    look();
    truncateSync(out);
    appendFileSync(out, 'after\n');
    look();
    truncateSync(out);
    look();
    expect(lines()).toEqual(['before', 'after', 'after']);
  });

  it('continues when a file is removed', () => {
    const { out, err, lines } = watchTwoFiles();
    appendFileSync(out, 'before\n');
    look();
    rmSync(out);
    look();
    appendFileSync(err, 'on\n');
    look();
    expect(lines()).toEqual(['before', 'before', 'on']);
  });
});
