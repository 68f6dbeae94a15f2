import { appendFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ProcessProgress } from '../../../../src/domain/child-process.ts';
import type { DiskSpace } from '../../../../src/services/platform/process/disk-space.ts';
import { createOutputFile } from '../../../../src/services/platform/process/output-file.ts';
import { createOutputWatch, type OutputWatch } from '../../../../src/services/platform/process/output-watch.ts';
import { tempFolder } from '../../../doubles/temp-folder.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** The watch looks once. */
const look = () => vi.advanceTimersByTime(1_000);

/** The room on the disk is unknown. */
const aWatch = () => createOutputWatch(() => null);

function watchTwoFiles({ limitBytes = 100, keptBytes = Infinity, watch = aWatch() as OutputWatch } = {}) {
  const dir = tempFolder();
  const [out, err] = [`${dir}/out`, `${dir}/err`];
  const drops: (Promise<void> | null)[] = [];
  const files = [out, err].map((path) => {
    const file = createOutputFile(path);
    onTestFinished(() => file.discard());
    const dropMiddle = (bytes: number) => {
      const dropped = file.dropMiddle(bytes);
      drops.push(dropped);
      return dropped;
    };
    return { ...file, dropMiddle };
  });
  const told: ProcessProgress[] = [];
  let tooMuch = 0;
  const lowDisks: DiskSpace[] = [];
  let looksAtFullDisk = 0;
  const end = watch.watch({
    files,
    keptBytes,
    limitBytes,
    onProgress: (progress) => told.push(progress),
    onTooMuch: () => {
      tooMuch += 1;
    },
    onDiskLow: (disk) => void lowDisks.push(disk),
    onDiskFull: () => {
      looksAtFullDisk += 1;
    },
  });
  return {
    watch,
    out,
    err,
    end,
    told,
    lowDisks,
    dropped: () => Promise.all(drops),
    lines: () => told.map(({ lastLine }) => lastLine),
    get tooMuch() {
      return tooMuch;
    },
    get looksAtFullDisk() {
      return looksAtFullDisk;
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

  it('drops the middle of what is written ten times a second, and counts what was dropped', async () => {
    const { out, tooMuch, dropped, end } = watchTwoFiles({ keptBytes: 1_000, limitBytes: 16_000 });
    for (let written = 0; written < 15_000; written += 1_500) {
      appendFileSync(out, 'x'.repeat(1_500));
      vi.advanceTimersByTime(100);
      await dropped();
      expect(statSync(out).size).toBeLessThanOrEqual(1_000);
    }
    expect(tooMuch).toBe(0);
    end();
  });

  it('hears that it has gone too far by what was written, not by what is kept', async () => {
    const watched = watchTwoFiles({ keptBytes: 1_000, limitBytes: 16_000 });
    for (let written = 0; written < 16_500; written += 1_500) {
      expect(watched.tooMuch).toBe(0);
      appendFileSync(watched.out, 'x'.repeat(1_500));
      vi.advanceTimersByTime(100);
      await watched.dropped();
    }
    expect(watched.tooMuch).toBe(1);
    watched.end();
  });

  it('goes on dropping after it has gone too far, until its processes have ended', async () => {
    const watched = watchTwoFiles({ keptBytes: 1_000, limitBytes: 2_000 });
    for (const _ of Array(3)) {
      appendFileSync(watched.out, 'x'.repeat(5_000));
      vi.advanceTimersByTime(100);
      await watched.dropped();
      expect(statSync(watched.out).size).toBeLessThanOrEqual(1_000);
    }
    expect(watched.tooMuch).toBe(1);
    watched.end();
  });

  it('has two files cut at once, and gets to all others afterwards', async () => {
    const watch = aWatch();
    const cuts: { readonly name: number; end(): void }[] = [];
    for (const name of [1, 2, 3, 4]) {
      let size = 0;
      const file = {
        sizeBytes: () => ++size,
        tail: () => ({ text: '', sizeBytes: size, truncatedBytes: 0 }),
        dropMiddle: () => new Promise<void>((resolve) => cuts.push({ name, end: resolve })),
      };
      const ignore = () => undefined;
      const limits = { keptBytes: 0, limitBytes: Infinity };
      onTestFinished(
        watch.watch({ files: [file], ...limits, onTooMuch: ignore, onDiskLow: ignore, onDiskFull: ignore }),
      );
    }
    look();
    expect(cuts.map(({ name }) => name)).toEqual([1, 2]);
    for (const cut of cuts) cut.end();
    await Promise.resolve();
    look();
    expect(cuts.map(({ name }) => name)).toEqual([1, 2, 3, 4]);
  });

  it('reports nothing after its end', () => {
    const watched = watchTwoFiles({ limitBytes: 1 });
    appendFileSync(watched.out, 'too much');
    watched.end();
    watched.end();
    look();
    expect([watched.tooMuch, watched.told]).toEqual([0, []]);
  });

  it('keeps no timer after its end, and does not end another watch', () => {
    const watch = aWatch();
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
    const watch = aWatch();
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

describe('A watch of the output of a program on a disk that is low', () => {
  const low: DiskSpace = { dir: '/state/output', freeBytes: 99, reserveBytes: 100 };
  const mebibyte = 1_024 ** 2;
  const onALowDisk = () => watchTwoFiles({ watch: createOutputWatch(() => low), limitBytes: Infinity });

  it('hears once that it writes on, with the room that is left, and its output is cut down to 1 MiB', async () => {
    const { out, err, lowDisks, dropped, end } = onALowDisk();
    for (const file of [out, err]) {
      appendFileSync(file, 'x'.repeat(3 * mebibyte));
      look();
      await dropped();
      expect(statSync(file).size).toBeLessThanOrEqual(mebibyte);
    }
    expect(lowDisks).toEqual([low]);
    end();
  });

  it('lets it write 1 MiB', () => {
    const { out, err, lowDisks, end } = onALowDisk();
    for (const file of [out, err]) appendFileSync(file, 'x'.repeat(mebibyte));
    look();
    expect(lowDisks).toEqual([]);
    expect(statSync(out).size).toBe(mebibyte);
    end();
  });

  it('leaves a program alone that has written much before and writes nothing now', () => {
    let disk = { ...low, freeBytes: 100 };
    const { out, lowDisks, end } = watchTwoFiles({ watch: createOutputWatch(() => disk), limitBytes: Infinity });
    appendFileSync(out, 'x'.repeat(3 * mebibyte));
    look();
    disk = low;
    look();
    expect(lowDisks).toEqual([]);
    appendFileSync(out, 'x');
    look();
    expect(lowDisks).toEqual([low]);
    end();
  });

  it('hears that the disk was full, although the program could write nothing then and there is room again', () => {
    const room = { ...low, freeBytes: 4_096 };
    let disk = room;
    const watched = watchTwoFiles({ watch: createOutputWatch(() => disk) });
    look();
    expect(watched.looksAtFullDisk).toBe(0);
    disk = { ...low, freeBytes: 0 };
    vi.advanceTimersByTime(100);
    disk = room;
    look();
    expect(watched.looksAtFullDisk).toBe(1);
    watched.end();
  });
});
