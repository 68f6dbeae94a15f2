import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type {
  ChildProcesses,
  ConnectedProcesses,
  ConnectedProgram,
  ConnectOptions,
  RunOptions,
  WrittenSoFar,
} from '../../../src/services/platform/process/child-processes.ts';
import { createRecordingProcesses } from '../../../src/services/scenario/recording-processes.ts';
import type { CapturedBytes, CapturedProgram } from '../../../src/services/scenario/scenario-recorder.ts';
import { createWrittenFiles } from '../../../src/services/scenario/written-files.ts';
import { type ARecordingCall, aRecordingCall } from '../../doubles/recording-call.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { aProcessService, aSpec, neverStopped } from '../platform/process/a-process-service.ts';

const mib = 1_024 ** 2;

interface ARecordingOptions {
  readonly call?: ARecordingCall | null;
  readonly inner?: ChildProcesses & ConnectedProcesses;
  isShuttingDown?(): boolean;
}

/** Real programs in a project, which are recorded. */
function aRecording({ call = aRecordingCall(), inner, isShuttingDown = () => false }: ARecordingOptions = {}) {
  const service = aProcessService();
  const machine = tempFolder();
  const at = (name: string) => join(machine, name);
  const dir = at('project');
  mkdirSync(dir);
  const asked: Pick<RunOptions, 'signal' | 'startedBy'>[] = [];
  const processes = createRecordingProcesses(inner ?? service.processes, {
    callOf(options) {
      asked.push(options);
      return call;
    },
    writtenFiles: createWrittenFiles({
      places: {
        projectDir: dir,
        worktreesDir: at('worktrees'),
        tempDir: at('tmp'),
        homeDir: at('home'),
        stateDir: at('state'),
        scenarioDir: at('scenario'),
      },
    }),
    isShuttingDown,
  });
  const run = (script: string, spec: Parameters<typeof aSpec>[2] = {}, options: Partial<RunOptions> = {}) =>
    processes.run(aSpec({ dir }, script, { outputLimitBytes: 64 * mib, ...spec }), {
      signal: neverStopped(),
      ...options,
    });
  const connect = (script: string, onPipes: ConnectOptions['onPipes'], options: Partial<ConnectOptions> = {}) =>
    processes.connect(
      { file: '/bin/sh', args: ['-c', script], cwd: dir, env: {} },
      { signal: neverStopped(), onPipes, ...options },
    );
  const recorded = (number = 1): CapturedProgram => {
    const program = call?.programs.get(number);
    if (program === undefined) throw new Error(`program ${number} is not recorded`);
    return program;
  };
  return { service, processes, dir, run, connect, recorded, asked, call, at };
}

const textOf = ({ head, tail, leftOutBytes }: CapturedBytes) => {
  expect([tail.length, leftOutBytes]).toEqual([0, 0]);
  return Buffer.from(head).toString();
};

/** Reads both outputs to their ends. */
function readAll({ stdout, stderr }: ConnectedProgram): Promise<[string, string]> {
  return Promise.all([textFrom(stdout), textFrom(stderr)]);
}

async function textFrom(output: Readable): Promise<string> {
  const parts: Buffer[] = [];
  output.on('data', (part: Buffer) => parts.push(part));
  await once(output, 'end');
  return Buffer.concat(parts).toString();
}

describe('A program that a call runs', () => {
  it('is recorded with its command, output, exit and files, and its caller gets what it would get else', async () => {
    const { run, recorded, dir, asked } = aRecording();
    const startedBy = neverStopped();
    const outcome = await run(
      'echo out; echo err >&2; echo made > made; exit 3',
      { env: { SET: 'yes', REMOVED: undefined } },
      { startedBy },
    );
    expect(outcome).toMatchObject({ reason: 'exited', exit: { code: 3, signal: null }, stdout: { text: 'out\n' } });
    expect(asked).toMatchObject([{ startedBy }]);
    const { stdout, stderr, files, elapsedMs, arrivals, ...rest } = recorded();
    expect(rest).toEqual({
      file: 'bash',
      args: ['-c', 'echo out; echo err >&2; echo made > made; exit 3'],
      cwd: dir,
      logDir: null,
      env: { SET: 'yes' },
      stdin: null,
      reason: 'exited',
      exit: { code: 3, signal: null },
      others: 0,
      filesLeftOut: [],
    });
    expect([textOf(stdout), textOf(stderr)]).toEqual(['out\n', 'err\n']);
    expect(files).toMatchObject([{ path: `${dir}/made`, content: { head: Buffer.from('made\n') } }]);
    expect(elapsedMs).toBe(outcome.elapsedMs);
    expect(arrivals.map(({ stream, bytes }) => [stream, bytes])).toEqual([
      ['stdout', 4],
      ['stderr', 4],
    ]);
  });

  it('is recorded with the times at which its output came, which its caller still hears of', async () => {
    const { run, recorded, dir } = aRecording();
    const heard: WrittenSoFar[] = [];
    // The program goes on when its first line has been seen.
    const outcome = await run(
      `echo one; until [ -e seen ]; do sleep 0.01; done; echo two`,
      {},
      {
        onOutput(written) {
          heard.push(written);
          mkdirSync(`${dir}/seen`, { recursive: true });
        },
      },
    );
    expect(outcome.stdout.text).toBe('one\ntwo\n');
    const { arrivals, elapsedMs } = recorded();
    expect(arrivals.map(({ stream, bytes }) => [stream, bytes])).toEqual([
      ['stdout', 4],
      ['stdout', 8],
    ]);
    expect(arrivals[0]?.atMs).toBeLessThan(arrivals[1]?.atMs ?? 0);
    expect(arrivals[1]?.atMs).toBeLessThanOrEqual(elapsedMs);
    expect(heard.at(-1)).toMatchObject({ stdoutBytes: 8, stderrBytes: 0 });
  });

  it('is recorded with the two ends of a large output, bytes that are no text included', async () => {
    const { run, recorded } = aRecording();
    await run(`printf '\\377'; head -c ${12 * mib} /dev/zero; printf '\\376'`);
    const { head, tail, leftOutBytes } = recorded().stdout;
    expect([head.length, tail.length, leftOutBytes]).toEqual([2 * mib, 2 * mib, 8 * mib + 2]);
    expect([head[0], head[1], tail.at(-1)]).toEqual([0xff, 0, 0xfe]);
  });

  it('is written before its caller goes on, and numbered in the order of the starts', async () => {
    const written: string[] = [];
    const call = aRecordingCall(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      written.push('written');
    });
    const { run, recorded } = aRecording({ call });
    const [slow, fast] = [run('until [ -e go ]; do sleep 0.01; done; echo slow'), run('echo fast; touch go')];
    await fast;
    expect(written.length).toBeGreaterThan(0);
    await slow;
    expect(written).toHaveLength(2);
    expect([1, 2].map((number) => textOf(recorded(number).stdout))).toEqual(['slow\n', 'fast\n']);
  });

  it('is not recorded where it cannot be started, and fails as it would else', async () => {
    const { run, call } = aRecording();
    await expect(run('', { file: '/no/such/program' })).rejects.toMatchObject({ code: 'not_found' });
    expect(call).toMatchObject({ programs: new Map(), dropped: [1], isAbandoned: false });
  });

  it.each([true, false])('is recorded when it is cancelled, unless the server ends: %s', async (isShuttingDown) => {
    const { run, call } = aRecording({ isShuttingDown: () => isShuttingDown });
    const ending = new AbortController();
    const onOutput = () => ending.abort();
    const outcome = await run('echo begun; sleep 100', {}, { signal: ending.signal, onOutput });
    expect(outcome).toMatchObject({ reason: 'cancelled', stdout: { text: 'begun\n' } });
    expect([call?.isAbandoned, call?.programs.size]).toEqual(isShuttingDown ? [true, 0] : [false, 1]);
  });
});

describe('A program that a call connects to', () => {
  it('is recorded with what its caller writes and reads', async () => {
    const { connect, recorded } = aRecording();
    let read: Promise<[string, string]> | null = null;
    const outcome = await connect('echo log >&2; cat', (program) => {
      read = readAll(program);
      program.stdin.write('one ');
      program.stdin.write(Buffer.from('two '));
      program.stdin.end('dHdv', 'base64');
    });
    expect(outcome).toMatchObject({ reason: 'exited', exit: { code: 0 } });
    expect(await read).toEqual(['one two two', 'log\n']);
    const { stdin, stdout, stderr, arrivals, elapsedMs } = recorded();
    expect(stdin === null ? null : textOf(stdin)).toBe('one two two');
    expect([textOf(stdout), textOf(stderr)]).toEqual(['one two two', 'log\n']);
    const last = (stream: string) => arrivals.findLast((row) => row.stream === stream);
    expect([last('stdout')?.bytes, last('stderr')?.bytes]).toEqual([11, 4]);
    for (const { atMs } of arrivals) expect(atMs).toBeLessThanOrEqual(elapsedMs);
  });

  it('has no input in the record where its caller writes none', async () => {
    const { connect, recorded } = aRecording();
    await connect('true', (program) => {
      void readAll(program);
      program.stdin.end();
    });
    expect(recorded().stdin).toBeNull();
  });

  it('waits while its reader pauses, and is read to its end', async () => {
    const { connect, recorded, dir } = aRecording();
    let size = 0;
    let stopped: Readable | null = null;
    const over = connect(`head -c ${9 * mib} /dev/zero; touch written; echo end`, ({ stdin, stdout, stderr }) => {
      stdin.end();
      stderr.resume();
      stdout.on('data', (part: Buffer) => {
        size += part.length;
        if (stopped !== null) return;
        stopped = stdout.pause();
      });
    });
    await expect.poll(() => stopped?.isPaused()).toBe(true);
    // Another program runs from start to end meanwhile.
    const other = aProcessService();
    const { exit } = await other.processes.run(aSpec(other, `[ ! -e ${dir}/written ]`), { signal: neverStopped() });
    expect(exit.code).toBe(0);
    expect(size).toBeLessThan(mib);
    (stopped as Readable | null)?.resume();
    await over;
    expect(size).toBe(9 * mib + 4);
    const { head, tail, leftOutBytes } = recorded().stdout;
    expect([head.length, tail.length, leftOutBytes]).toEqual([2 * mib, 2 * mib, 5 * mib + 4]);
    expect(Buffer.from(tail.subarray(-4)).toString()).toBe('end\n');
  });

  it('may be left by a reader that closes its output', async () => {
    const { connect, recorded } = aRecording();
    const outcome = await connect(
      'echo one; while echo more 2> /dev/null; do sleep 0.01; done',
      ({ stdin, stdout, stderr }) => {
        stdin.end();
        stderr.resume();
        stdout.once('data', () => stdout.destroy());
      },
    );
    expect(outcome.reason).toBe('exited');
    expect(textOf(recorded().stdout)).toMatch(/^one\n/);
  });

  it('is recorded with those variables only that maitred sets, where it inherits nothing', async () => {
    const { processes, recorded, dir, at } = aRecording();
    const env = { PATH: '/usr/bin:/bin', SCENARIO_STEP_NAME: 'plan', MAITRED_HEADLESS: '1', TOKEN: 'secret' };
    const connect = (inherits: Partial<ConnectOptions>) =>
      processes.connect(
        { file: '/bin/sh', args: ['-c', `mkdir -p ${at('logs')}; echo "$TOKEN" > ${at('logs')}/log`], cwd: dir, env },
        {
          signal: neverStopped(),
          logDir: at('logs'),
          onPipes(program) {
            void readAll(program);
            program.stdin.end();
          },
          ...inherits,
        },
      );
    await connect({ inheritsNothing: true });
    expect(recorded(1).env).toEqual({ SCENARIO_STEP_NAME: 'plan', MAITRED_HEADLESS: '1' });
    expect(recorded(1).logDir).toBe(at('logs'));
    expect(recorded(1).files).toMatchObject([
      { path: `${at('logs')}/log`, content: { head: Buffer.from('secret\n') } },
    ]);
    await connect({});
    expect(recorded(2).env).toEqual(env);
  });

  it('leaves its call unfinished when it is ended because the server ends', async () => {
    const { connect, call } = aRecording({ isShuttingDown: () => true });
    const ending = new AbortController();
    const onPipes = (program: ConnectedProgram) => {
      void readAll(program);
      ending.abort();
    };
    expect(await connect('sleep 100', onPipes, { signal: ending.signal })).toMatchObject({ reason: 'cancelled' });
    expect([call?.isAbandoned, call?.programs.size]).toEqual([true, 0]);
  });
});

it('A program that no call starts runs as if nothing were recorded', async () => {
  const seen: unknown[] = [];
  const inner: ChildProcesses & ConnectedProcesses = {
    async run(...args) {
      seen.push(...args);
      throw new Error('run');
    },
    async connect(...args) {
      seen.push(...args);
      throw new Error('connect');
    },
  };
  const { processes } = aRecording({ call: null, inner });
  const [spec, options] = [aSpec({ dir: '/' }, 'true'), { signal: neverStopped(), onPipes: () => undefined }];
  await expect(processes.run(spec, options)).rejects.toThrow('run');
  await expect(processes.connect(spec, options)).rejects.toThrow('connect');
  for (const [index, given] of [spec, options, spec, options].entries()) expect(seen[index]).toBe(given);
});
