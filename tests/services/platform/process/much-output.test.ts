import { closeSync, existsSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { aProcessService, aSpec, neverStopped } from './a-process-service.ts';
import { bearersOf } from './read-processes.ts';

const gibibyte = 1024 ** 3;
const tailBytes = 10_000;

describe.runIf(process.platform === 'linux')('A program that writes much', () => {
  it('of a gibibyte is kept in a file, and only its end is returned or held in memory', async () => {
    const service = aProcessService();
    const script = `echo first; head -c ${gibibyte} /dev/zero; printf '\\nlast\\n'; echo aside >&2`;
    const peakBefore = process.resourceUsage().maxRSS;
    const spec = aSpec(service, script, { outputLimitBytes: 2 * gibibyte, tailBytes });
    const { reason, stdout, stderr } = await service.processes.run(spec, { signal: neverStopped() });
    const grownKib = process.resourceUsage().maxRSS - peakBefore;

    expect(reason).toBe('exited');
    expect(stdout.sizeBytes).toBe(gibibyte + 'first\n\nlast\n'.length);
    expect(stdout.text.endsWith('\0\nlast\n')).toBe(true);
    expect(stdout.text.length).toBeLessThanOrEqual(tailBytes);
    expect(stdout.truncatedBytes).toBe(stdout.sizeBytes - stdout.text.length);
    const file = stdout.file ?? '';
    expect(statSync(file).size).toBe(stdout.sizeBytes);
    expect(beginningOf(file, 'first\n'.length)).toBe('first\n');
    expect(stderr).toEqual({ text: 'aside\n', sizeBytes: 6, truncatedBytes: 0, file: null });
    expect(grownKib).toBeLessThan(256 * 1024);
    rmSync(file);
  });

  it('without end is stopped at the limit, and its end is returned', async () => {
    const service = aProcessService();
    const script = 'while :; do head -c 65536 /dev/zero; echo; echo on and on; done';
    const spec = aSpec(service, script, { tailBytes });
    const { reason, exit, stdout, survivors } = await service.processes.run(spec, { signal: neverStopped() });
    expect({ reason, exit, survivors }).toEqual({
      reason: 'tooMuchOutput',
      exit: { code: null, signal: 'SIGTERM' },
      survivors: [],
    });
    expect(stdout.sizeBytes).toBeGreaterThan(spec.outputLimitBytes);
    expect(stdout.truncatedBytes).toBe(stdout.sizeBytes - Buffer.byteLength(stdout.text));
    expect(statSync(stdout.file ?? '').size).toBe(stdout.sizeBytes);
    expect(bearersOf(service.serverId)).toEqual([]);
  });

  it('to stderr is stopped the same way', async () => {
    const service = aProcessService();
    const spec = aSpec(service, 'while :; do head -c 65536 /dev/zero >&2; done');
    const { reason, stdout, stderr } = await service.processes.run(spec, { signal: neverStopped() });
    expect(reason).toBe('tooMuchOutput');
    expect(stderr.sizeBytes).toBeGreaterThan(spec.outputLimitBytes);
    expect(stdout).toEqual({ text: '', sizeBytes: 0, truncatedBytes: 0, file: null });
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
