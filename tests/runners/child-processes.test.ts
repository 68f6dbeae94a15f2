import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createChildProcessRunner } from '../../src/runners/child-processes.ts';
import type { ConnectedProgram, WrittenSoFar } from '../../src/services/platform/process/child-processes.ts';
import { tempFolder } from '../doubles/temp-folder.ts';
import { aProcessService, aSpec, neverStopped } from '../services/platform/process/a-process-service.ts';
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

describe('Whoever runs a program', () => {
  /** The sizes that were reported while a script ran. */
  async function reportsOf(script: string, react: (dir: string) => void = () => undefined) {
    const service = aProcessService();
    const reports: WrittenSoFar[] = [];
    const { elapsedMs } = await service.processes.run(aSpec(service, script), {
      signal: neverStopped(),
      onOutput(written) {
        reports.push(written);
        react(service.dir);
      },
    });
    return { reports, elapsedMs, sizes: reports.map(({ stdoutBytes, stderrBytes }) => [stdoutBytes, stderrBytes]) };
  }

  it('hears once, after the end, what a short one has written', async () => {
    expect((await reportsOf('true')).sizes).toEqual([[0, 0]]);
    const { sizes, reports, elapsedMs } = await reportsOf('echo out; echo error >&2');
    expect(sizes.at(-1)).toEqual([4, 6]);
    expect(reports.at(-1)?.elapsedMs).toBeLessThanOrEqual(elapsedMs);
  });

  it('hears of more output while it runs, and of each size once before the end', async () => {
    const script =
      'echo one; until [ -e seen ]; do sleep 0.01; done; echo two >&2; until [ -e later ]; do sleep 0.01; done';
    let heard = 0;
    const { sizes, reports } = await reportsOf(script, (dir) => {
      heard += 1;
      writeFileSync(join(dir, heard === 1 ? 'seen' : 'later'), '');
    });
    expect(sizes).toEqual([
      [4, 0],
      [4, 4],
      [4, 4],
    ]);
    const times = reports.map(({ elapsedMs }) => elapsedMs);
    expect(times).toEqual([...times].sort((one, other) => one - other));
  });
});

describe('A program of a server that records or replays a scenario', () => {
  const env = {
    PATH: process.env.PATH,
    MAITRED_RECORD_SCENARIO: '/a/scenario',
    MAITRED_REPLAY_SCENARIO: '/another',
    MAITRED_REPLAY_SPEED: '1',
    MAITRED_STATE_DIR: '/state',
  };
  const show = `env | grep '^MAITRED_[RS]'`;

  it('does not record or replay it too, if it is maitred', async () => {
    const service = aProcessService({ env });
    const { stdout } = await service.processes.run(aSpec(service, show), { signal: neverStopped() });
    expect(stdout.text).toBe('MAITRED_STATE_DIR=/state\n');
  });

  it('does not do so either where it talks to its caller', async () => {
    const service = aProcessService({ env });
    let read = '';
    const onPipes = ({ stdin, stdout, stderr }: ConnectedProgram) => {
      stdin.end();
      stderr.resume();
      stdout.on('data', (part: Buffer) => {
        read += part.toString();
      });
    };
    await service.processes.connect(aSpec(service, show), { signal: neverStopped(), onPipes });
    await expect.poll(() => read).toBe('MAITRED_STATE_DIR=/state\n');
  });
});
