import { describe, expect, it } from 'vitest';
import { createChildProcessRunner } from '../../src/runners/child-processes.ts';
import { tempFolder } from '../doubles/temp-folder.ts';
import { aProcessTable } from '../services/platform/process/a-process-table.ts';

/** A runner whose guardian only notes what it is told, and the means to run a shell script. */
function aRunner(ensure: () => void = () => undefined) {
  const told: string[] = [];
  const dir = tempFolder();
  const runner = createChildProcessRunner({
    register: () => undefined,
    follow: () => undefined,
    serverId: 'server-a',
    env: { PATH: process.env.PATH },
    outputDir: dir,
    readDiskSpace: () => null,
    table: aProcessTable([]),
    guardian: { ensure, setPrograms: () => undefined, dismiss: () => void told.push('dismissed') },
    graceMs: () => 0,
    ensureServerRecord: () => undefined,
    onPrograms: () => undefined,
  });
  const run = (script: string) => {
    const program = { file: 'sh', args: ['-c', script], cwd: dir, env: {} };
    const limits = { timeLimitMs: 60_000, outputLimitBytes: 1_000, tailBytes: 1_000 };
    return runner.run({ ...program, ...limits }, { signal: new AbortController().signal });
  };
  return { runner, told, run };
}

describe('The guardian of a server that exits', () => {
  it('is dismissed when every program has ended', async () => {
    const { runner, told, run } = aRunner();
    await run('exit 0');
    expect(told).toEqual([]);
    runner.leave();
    expect(told).toEqual(['dismissed']);
  });

  it('is not dismissed before: it ends what the server leaves', async () => {
    const { runner, told, run } = aRunner(() => {
      throw new Error('there is no room for a guardian');
    });
    const running = run('exit 0');
    runner.leave();
    expect(told).toEqual([]);
    await expect(running).rejects.toThrow();
    runner.leave();
    expect(told).toEqual(['dismissed']);
  });
});
