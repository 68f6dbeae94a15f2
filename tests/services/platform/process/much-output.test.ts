import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { aProcessService, aSpec, neverStopped } from './a-process-service.ts';
import { bearersOf } from './read-processes.ts';

const mebibyte = 1024 ** 2;
const gibibyte = 1024 ** 3;
const tailBytes = 10_000;

describe.runIf(process.platform === 'linux')('A program that writes much', () => {
  it('of a gibibyte is kept in a file up to a limit, and little of it is held in memory', async () => {
    const service = aProcessService();
    // Its last words come after a drop: what is written in the very moment of one is lost.
    const isDropped = `[ "$(stat -Lc %s /proc/$$/fd/1)" -lt ${mebibyte} ]`;
    const script = `echo first; yes on and on | head -c ${gibibyte}; until ${isDropped}; do :; done; printf '\\nlast\\n'; echo aside >&2`;
    const peakBefore = process.resourceUsage().maxRSS;
    const spec = aSpec(service, script, { keptOutputBytes: mebibyte, outputLimitBytes: 2 * gibibyte, tailBytes });
    const { reason, stdout, stderr } = await service.processes.run(spec, { signal: neverStopped() });
    const grownKib = process.resourceUsage().maxRSS - peakBefore;

    expect(reason).toBe('exited');
    // That is not counted either.
    expect(stdout.sizeBytes).toBeGreaterThan(gibibyte / 2);
    expect(stdout.sizeBytes).toBeLessThanOrEqual(gibibyte + 'first\n\nlast\n'.length);
    expect(stdout.text.endsWith('\nlast\n')).toBe(true);
    expect(stdout.text.length).toBeLessThanOrEqual(tailBytes);
    expect(stdout.truncatedBytes).toBe(stdout.sizeBytes - stdout.text.length);
    const file = stdout.file ?? '';
    expect(statSync(file).size).toBeLessThan(mebibyte + 100);
    expect(stdout.dropped?.bytes).toBeGreaterThan(gibibyte / 2 - mebibyte);
    expect(beginningOf(file, 'first\n'.length)).toBe('first\n');
    expect(stderr).toEqual({ text: 'aside\n', sizeBytes: 6, truncatedBytes: 0, file: null });
    expect(grownKib).toBeLessThan(256 * 1024);
  });

  it('without end is stopped at the limit, and its end is returned', async () => {
    const service = aProcessService();
    const spec = aSpec(service, 'yes on and on', {
      keptOutputBytes: mebibyte,
      outputLimitBytes: 16 * mebibyte,
      tailBytes,
    });
    const { reason, exit, stdout, survivors } = await service.processes.run(spec, { signal: neverStopped() });
    expect({ reason, exit, survivors }).toEqual({
      reason: 'tooMuchOutput',
      exit: { code: null, signal: 'SIGTERM' },
      survivors: [],
    });
    expect(stdout.sizeBytes).toBeGreaterThan(spec.outputLimitBytes);
    expect(stdout.text).toMatch(/on and on\non and on\n/);
    expect(stdout.truncatedBytes).toBe(stdout.sizeBytes - Buffer.byteLength(stdout.text));
    expect(statSync(stdout.file ?? '').size).toBeLessThan(mebibyte + 100);
    expect(bearersOf(service.serverId)).toEqual([]);
  });

  it('to stderr is stopped the same way', async () => {
    const service = aProcessService();
    const spec = aSpec(service, 'yes >&2');
    const { reason, stdout, stderr } = await service.processes.run(spec, { signal: neverStopped() });
    expect(reason).toBe('tooMuchOutput');
    expect(stderr.sizeBytes).toBeGreaterThan(spec.outputLimitBytes);
    expect(stdout).toEqual({ text: '', sizeBytes: 0, truncatedBytes: 0, file: null });
  });
});

describe.runIf(process.platform === 'linux')('A program on a disk that is low', () => {
  const lowDisk = { dir: '/state/output', freeBytes: 99, reserveBytes: 100 };

  it('is ended when it writes on, also when it ignores SIGTERM, and most of its output is given up', async () => {
    let looks = 0;
    const service = aProcessService({
      readDiskSpace() {
        looks += 1;
        return lowDisk;
      },
    });
    const spec = aSpec(service, "trap '' TERM; while :; do head -c 65536 /dev/zero; done", {
      outputLimitBytes: gibibyte,
    });
    const outcome = await service.processes.run(spec, { signal: neverStopped() });
    expect(outcome).toMatchObject({ reason: 'diskLow', lowDisk, survivors: [], isOutputDiskFull: true });
    // Besides the one that ended it and the last one: those in its grace time.
    expect(looks).toBeGreaterThan(2);
    expect(statSync(outcome.stdout.file ?? '').size).toBeLessThan(mebibyte + 100);
  });

  it('runs to its end when it writes little', async () => {
    const service = aProcessService({ readDiskSpace: () => lowDisk });
    const outcome = await service.processes.run(aSpec(service, 'seq 1 100000'), { signal: neverStopped() });
    expect(outcome).toMatchObject({ reason: 'exited', exit: { code: 0 } });
    expect(outcome).not.toHaveProperty('lowDisk');
    expect(statSync(outcome.stdout.file ?? '').size).toBe(outcome.stdout.sizeBytes);
  });
});

describe.runIf(process.platform === 'linux')('A program that writes little', () => {
  it('is returned in full, and no file is kept', async () => {
    const service = aProcessService();
    const spec = aSpec(service, 'echo out; echo err >&2; exit 3');
    const outcome = await service.processes.run(spec, { signal: neverStopped() });
    expect(outcome).toMatchObject({
      reason: 'exited',
      exit: { code: 3, signal: null },
      stdout: { text: 'out\n', sizeBytes: 4, truncatedBytes: 0, file: null },
      stderr: { text: 'err\n', sizeBytes: 4, truncatedBytes: 0, file: null },
    });
    expect(existsSync(`${service.outputDir}/${service.serverId}.1.stdout`)).toBe(false);
    expect(existsSync(`${service.outputDir}/${service.serverId}.1.stderr`)).toBe(false);
  });

  it("includes what a child writes soon after the program's end", async () => {
    const service = aProcessService();
    const spec = aSpec(service, 'mkfifo pipe; cat pipe & exec 3> pipe; rm pipe; echo late >&3');
    const outcome = await service.processes.run(spec, { signal: neverStopped() });
    expect(outcome).toMatchObject({ reason: 'exited', others: 0, stdout: { text: 'late\n' } });
  });
});

function beginningOf(file: string, bytes: number): string {
  const fd = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(bytes);
    return buffer.toString('latin1', 0, readSync(fd, buffer, 0, bytes, 0));
  } finally {
    closeSync(fd);
  }
}
