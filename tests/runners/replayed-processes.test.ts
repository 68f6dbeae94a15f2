import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/domain/app-error.ts';
import type { ProcessProgress } from '../../src/domain/child-process.ts';
import type { ScenarioStep } from '../../src/domain/scenario/scenario.ts';
import { createReplayedProcessRunner } from '../../src/runners/replayed-processes.ts';
import type { Workers } from '../../src/runners/worker-registry.ts';
import { startAgentProcess } from '../../src/services/agents/agent-process.ts';
import { createProcessTraces } from '../../src/services/agents/process-trace.ts';
import { createSignsOfLife } from '../../src/services/agents/signs-of-life.ts';
import type { ConnectedProgram } from '../../src/services/platform/process/child-processes.ts';
import { createProcessTable } from '../../src/services/platform/process/create-process-table.ts';
import type { PlayedOutput, PlayedStep, WantedProgram } from '../../src/services/scenario/scenario-player.ts';
import { tempFolder } from '../doubles/temp-folder.ts';

const noContent = { bytes: 0 };
const exitedAfter = (after_ms: number): ScenarioStep['ended'] => ({
  reason: 'exited',
  code: 0,
  signal: null,
  after_ms,
  others: 0,
});
const cancelled: ScenarioStep['ended'] = { reason: 'cancelled', code: 143, signal: null, after_ms: 9, others: 1 };

const at = (atMs: number, text: string, stream: PlayedOutput['stream'] = 'stdout'): PlayedOutput => ({
  atMs,
  stream,
  bytes: Buffer.from(text),
});

interface GivenStep {
  readonly ended?: ScenarioStep['ended'];
  readonly output?: readonly PlayedOutput[];
  readonly stdin?: string;
  writeFiles?(): Promise<void>;
}

/** A step that answers every program. */
const aStep = ({ ended = exitedAfter(2_500), output = [], stdin, writeFiles }: GivenStep): PlayedStep => ({
  name: '0003-run_cmd/1',
  step: {
    program: 'npm',
    arguments: [],
    folder: '<<project>>',
    ...(stdin === undefined ? {} : { stdin: { bytes: stdin.length } }),
    stdout: noContent,
    stderr: noContent,
    output: [],
    ended,
    files: [],
  },
  async checkStdin(given) {
    if (given !== (stdin ?? '')) throw new AppError('conflict', 'The input differs.');
  },
  output: async () => output,
  writeFiles: writeFiles ?? (async () => undefined),
});

/** A clock that goes on when somebody waits. */
function aClock() {
  let nowMs = 0;
  const waits: number[] = [];
  return {
    waits,
    nowMs: () => nowMs,
    async wait(ms: number, signal: AbortSignal) {
      signal.throwIfAborted();
      waits.push(ms);
      nowMs += ms;
    },
  };
}

function aRunner(given: GivenStep | 'no call' | AppError, speed: number | null = null) {
  const outputDir = tempFolder();
  const time = aClock();
  const wanted: WantedProgram[] = [];
  const charts: { readonly id: string; readonly states: unknown[] }[] = [];
  const registered: Workers[] = [];
  const runner = createReplayedProcessRunner({
    register: (workers) => void registered.push(workers),
    follow(_, actor) {
      const chart = { id: actor.id, states: [] as unknown[] };
      charts.push(chart);
      actor.subscribe(({ value }) => void chart.states.push(value));
    },
    serverId: 'server-a',
    outputDir,
    speed,
    time,
    ensureServerRecord: () => undefined,
    callOf: () =>
      given === 'no call'
        ? null
        : {
            take(program) {
              wanted.push(program);
              if (given instanceof AppError) throw given;
              return aStep(given);
            },
          },
  });
  return { runner, outputDir, time, wanted, charts, registered };
}

const spec = {
  file: '/usr/bin/npm',
  args: ['test'],
  cwd: '/work/project',
  env: { CI: 'true', HOME: undefined },
  timeLimitMs: 60_000,
  outputLimitBytes: 1_000,
  tailBytes: 100,
};
const noSignal = () => ({ signal: new AbortController().signal });

/** Connects, and collects what the caller of a program sees. */
function connect(
  { runner }: Pick<ReturnType<typeof aRunner>, 'runner'>,
  onPipes: (program: ConnectedProgram) => void = ({ stdin }) => void stdin.end(),
) {
  const ending = new AbortController();
  let program: ConnectedProgram | undefined;
  const outcome = runner.connect(spec, {
    signal: ending.signal,
    onPipes(connected) {
      program = connected;
      onPipes(connected);
    },
  });
  // Some tests look at it later.
  outcome.catch(() => undefined);
  if (program === undefined) throw new Error('there are no pipes');
  return { ending, outcome, program };
}

describe('A program that runs in a replay', () => {
  it('has the recorded output, exit and time, without waiting', async () => {
    const run = aRunner({
      ended: { reason: 'exited', code: 3, signal: null, after_ms: 2_500, others: 2 },
      output: [at(0, 'one\n'), at(900, 'problem\n', 'stderr'), at(2_400, 'two\n')],
    });
    const finished = await run.runner.run(spec, noSignal());
    expect(finished).toMatchObject({
      reason: 'exited',
      exit: { code: 3, signal: null },
      others: 2,
      survivors: [],
      elapsedMs: 2_500,
      stdout: { text: 'one\ntwo\n', file: null },
      stderr: { text: 'problem\n', file: null },
    });
    expect(run.time.waits).toEqual([]);
  });

  it('is matched with all that its call has set for it', async () => {
    const run = aRunner({});
    await run.runner.run(spec, noSignal());
    expect(run.wanted).toEqual([
      { file: '/usr/bin/npm', args: ['test'], cwd: '/work/project', logDir: null, env: { CI: 'true' } },
    ]);
  });

  it('is shown with the step that answers it', async () => {
    const run = aRunner({});
    await run.runner.run(spec, noSignal());
    expect(run.charts).toEqual([{ id: 'npm test ← 0003-run_cmd/1', states: ['playing', 'writing', 'ended'] }]);
  });

  it('keeps a long output in a file, as one that was started does', async () => {
    const long = `${'x'.repeat(98)}\n`.repeat(30);
    const run = aRunner({ output: [at(0, long)] });
    const { stdout } = await run.runner.run({ ...spec, keptOutputBytes: 1_000 }, noSignal());
    expect(stdout.text.length).toBeLessThanOrEqual(100);
    expect(stdout).toMatchObject({ sizeBytes: 2_970, dropped: { bytes: 2_220, isExact: true } });
    expect(readFileSync(stdout.file ?? '', 'utf8')).toContain('[… 2220 bytes are left out here]');
  });

  it('reports how much it has written at its end', async () => {
    const run = aRunner({ output: [at(0, 'one\n'), at(1, 'oh\n', 'stderr')] });
    const seen: unknown[] = [];
    await run.runner.run(spec, { ...noSignal(), onOutput: (written) => void seen.push(written) });
    expect(seen).toEqual([{ elapsedMs: 2_500, stdoutBytes: 4, stderrBytes: 3 }]);
  });

  it('has written its files when its result is there', async () => {
    let isWritten = false;
    const run = aRunner({
      async writeFiles() {
        await new Promise((resolve) => setImmediate(resolve));
        isWritten = true;
      },
    });
    await run.runner.run(spec, noSignal());
    expect(isWritten).toBe(true);
  });

  it('fails when one of its files cannot be written, and leaves no output', async () => {
    const run = aRunner({
      output: [at(0, 'x'.repeat(500))],
      writeFiles: () => Promise.reject(new AppError('unavailable', 'The disk is full.')),
    });
    await expect(run.runner.run(spec, noSignal())).rejects.toMatchObject({ code: 'unavailable' });
    expect(await readdir(run.outputDir)).toEqual([]);
  });

  it('is refused when no step answers it, and nothing is left of it', async () => {
    const run = aRunner(new AppError('conflict', 'No step answers npm test.'));
    await expect(run.runner.run(spec, noSignal())).rejects.toMatchObject({
      code: 'conflict',
      message: 'No step answers npm test.',
    });
    expect(run.charts).toEqual([]);
    expect(await readdir(run.outputDir)).toEqual([]);
  });

  it('is refused when no tool call starts it, and the error says what to do', async () => {
    const run = aRunner('no call');
    const refused = {
      code: 'conflict',
      message: expect.stringMatching(/^npm test was not started.*Run it without --replay-scenario\.$/),
    };
    await expect(run.runner.run(spec, noSignal())).rejects.toMatchObject(refused);
    await expect(run.runner.connect(spec, { ...noSignal(), onPipes: () => undefined })).rejects.toMatchObject(refused);
  });
});

describe('A program that is played with its delays', () => {
  const output = [at(0, 'one\n'), at(2_300, 'two\n'), at(2_400, 'three\n')];

  it('takes as long as it took, and reports its last line once a second', async () => {
    const run = aRunner({ output }, 1);
    const seen: ProcessProgress[] = [];
    const finished = await run.runner.run(spec, { ...noSignal(), onProgress: (progress) => void seen.push(progress) });
    expect(finished.stdout.text).toBe('one\ntwo\nthree\n');
    expect(run.time.nowMs()).toBe(2_500);
    expect(seen).toEqual([
      { elapsedMs: 1_000, lastLine: 'one' },
      { elapsedMs: 2_000, lastLine: 'one' },
    ]);
  });

  it('takes half of the time at twice the speed, and says the recorded time', async () => {
    const run = aRunner({ output }, 2);
    const seen: ProcessProgress[] = [];
    const finished = await run.runner.run(spec, { ...noSignal(), onProgress: (progress) => void seen.push(progress) });
    expect(run.time.nowMs()).toBe(1_250);
    expect(finished.elapsedMs).toBe(2_500);
    expect(seen).toEqual([{ elapsedMs: 2_000, lastLine: 'one' }]);
  });
});

describe('A program that is ended in a replay', () => {
  it('is cancelled by a signal, has the output until then, and writes its files', async () => {
    const ending = new AbortController();
    let isWritten = false;
    const run = aRunner(
      {
        output: [at(0, 'one\n'), at(1_500, 'two\n')],
        async writeFiles() {
          isWritten = true;
        },
      },
      1,
    );
    const finished = await run.runner.run(spec, { signal: ending.signal, onProgress: () => ending.abort() });
    expect(finished).toMatchObject({
      reason: 'cancelled',
      exit: { code: null, signal: 'SIGTERM' },
      elapsedMs: 1_000,
      stdout: { text: 'one\n' },
    });
    expect(isWritten).toBe(true);
  });

  it('waits for that where the recorded one was ended, and has all that was recorded', async () => {
    const run = aRunner({ ended: cancelled, output: [at(0, 'one\n')] });
    const ending = new AbortController();
    const finished = run.runner.run(spec, { signal: ending.signal });
    await expect.poll(() => run.charts[0]?.states.at(-1)).toBe('waiting');
    ending.abort();
    expect(await finished).toMatchObject({
      reason: 'cancelled',
      exit: { code: 143, signal: null },
      others: 1,
      elapsedMs: 9,
      stdout: { text: 'one\n' },
    });
  });

  it('is not run at all when its signal is aborted before, and uses no step', async () => {
    const run = aRunner({});
    await expect(run.runner.run(spec, { signal: AbortSignal.abort(new Error('over')) })).rejects.toThrow('over');
    expect(run.wanted).toEqual([]);
  });

  it('ends when its server kills what still runs, which then has settled', async () => {
    const run = aRunner({ ended: cancelled });
    const finished = run.runner.run(spec, noSignal());
    await expect.poll(() => run.charts[0]?.states.at(-1)).toBe('waiting');
    const [workers] = run.registered;
    const settled = workers?.whenSettled?.();
    await workers?.killAll?.();
    await settled;
    expect(await finished).toMatchObject({ reason: 'cancelled' });
  });
});

describe('A program that talks to its caller in a replay', () => {
  it('gives the recorded streams and exit, under a number that no process has', async () => {
    const run = aRunner({ output: [at(0, 'one\n'), at(1, 'oh\n', 'stderr'), at(2, 'two\n')] });
    const { program, outcome } = connect(run);
    expect(await Promise.all([text(program.stdout), text(program.stderr)])).toEqual(['one\ntwo\n', 'oh\n']);
    expect(await program.exited).toEqual({ code: 0, signal: null });
    expect(await outcome).toEqual({ reason: 'exited', exit: { code: 0, signal: null }, others: 0, survivors: [] });
    expect(program.pid).toBeGreaterThan(4_194_304);
    expect(existsSync(`/proc/${program.pid}`)).toBe(false);
    expect(() => process.kill(program.pid, 0)).toThrow('ESRCH');
  });

  it('prints nothing before it has got its whole input', async () => {
    const seen: string[] = [];
    let writeRest = () => undefined as unknown;
    const run = aRunner({ stdin: 'do it', output: [at(0, 'done\n')] });
    const { program, outcome } = connect(run, ({ stdin, stdout }) => {
      stdout.on('data', (chunk) => void seen.push(String(chunk)));
      stdin.write('do ');
      writeRest = () => stdin.end('it');
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual([]);
    writeRest();
    await outcome;
    await expect.poll(() => program.stdout.closed).toBe(true);
    expect(seen.join('')).toBe('done\n');
  });

  it.each([
    ['another input', 'do it'],
    ['an input where there was none', undefined],
  ])('is refused with %s, and its streams end without output or files', async (_, stdin) => {
    let isWritten = false;
    const run = aRunner({
      ...(stdin === undefined ? {} : { stdin, output: [at(0, 'done\n')] }),
      async writeFiles() {
        isWritten = true;
      },
    });
    const { program, outcome } = connect(run, (connected) => void connected.stdin.end('do that'));
    await expect(outcome).rejects.toMatchObject({ code: 'conflict', message: 'The input differs.' });
    expect(await text(program.stdout)).toBe('');
    expect(await program.exited).toEqual({ code: null, signal: null });
    expect(isWritten).toBe(false);
  });

  it('has written its files before its streams end and its exit is seen', async () => {
    const seen: string[] = [];
    const run = aRunner({
      output: [at(0, 'one\n')],
      async writeFiles() {
        await new Promise((resolve) => setImmediate(resolve));
        seen.push('files');
      },
    });
    const { outcome } = connect(run, ({ stdin, stdout, exited }) => {
      stdin.end();
      stdout.on('data', () => void seen.push('output'));
      stdout.once('end', () => void seen.push('end'));
      void exited.then(() => void seen.push('exit'));
    });
    await outcome;
    await expect.poll(() => [...seen].sort()).toEqual(['end', 'exit', 'files', 'output']);
    expect(seen.slice(0, 2)).toEqual(['output', 'files']);
  });

  const mega = Array.from({ length: 64 }, (_, index) => at(index, 'x'.repeat(16_384)));

  it('waits for a reader that does not read', async () => {
    const run = aRunner({ output: mega });
    const { program, outcome } = connect(run);
    await new Promise((resolve) => setImmediate(resolve));
    expect(program.stdout.readableLength).toBeLessThan(200_000);
    expect(run.charts[0]?.states).toEqual(['playing']);
    expect((await text(program.stdout)).length).toBe(64 * 16_384);
    await outcome;
  });

  it('ends when its caller ends it, also where nobody reads', async () => {
    const run = aRunner({ output: mega });
    const { ending, outcome } = connect(run);
    await new Promise((resolve) => setImmediate(resolve));
    ending.abort();
    expect(await outcome).toMatchObject({ reason: 'cancelled', exit: { code: null, signal: 'SIGTERM' } });
  });

  it('ends where its caller has closed its output', async () => {
    const run = aRunner({ output: mega });
    const { outcome } = connect(run, ({ stdin, stdout }) => {
      stdin.end();
      stdout.once('data', () => stdout.destroy());
    });
    expect(await outcome).toMatchObject({ reason: 'exited' });
  });

  it('gives all that it wrote until its caller ended it, when that ends it earlier now', async () => {
    const run = aRunner({ ended: cancelled, output: [at(0, 'result\n'), ...mega, at(99, 'last words\n')] });
    const { ending, program, outcome } = connect(run);
    program.stdout.once('data', () => ending.abort());
    const all = await text(program.stdout);
    expect(await outcome).toMatchObject({ reason: 'cancelled', exit: { code: 143, signal: null } });
    expect(all.endsWith('last words\n')).toBe(true);
  });

  it('does nothing when it is ended before it has got its input', async () => {
    let isWritten = false;
    const run = aRunner({
      stdin: 'do it',
      output: [at(0, 'done\n')],
      async writeFiles() {
        isWritten = true;
      },
    });
    const { ending, program, outcome } = connect(run, () => undefined);
    ending.abort();
    expect(await outcome).toMatchObject({ reason: 'cancelled' });
    expect(await text(program.stdout)).toBe('');
    expect(isWritten).toBe(false);
  });
});

describe('The agent of a session in a replay', () => {
  /** Its process, with the lines that it writes. */
  const startAgent = ({ runner }: ReturnType<typeof aRunner>, stdin: string | null) => {
    const lines: (string | null)[] = [];
    const agent = startAgentProcess({
      processes: runner,
      command: { file: 'claude', args: ['-p'], env: {}, stdin },
      cwd: '/work/project',
      logDir: null,
      label: 'claude: /review',
      startedBy: new AbortController().signal,
      onLine: (line) => void lines.push(line),
      onRead: () => undefined,
      redact: (text) => text,
    });
    return { agent, lines };
  };

  it('is read to its end, and its exit is known', async () => {
    const output = Array.from({ length: 500 }, (_, index) => at(index, `line ${index}\n`));
    const run = aRunner({ stdin: 'review it', output: [...output, at(500, 'tired\n', 'stderr')] });
    const { agent, lines } = startAgent(run, 'review it');
    expect(await agent.over).toEqual({ exit: { code: 0, signal: null }, survivors: [], fault: null });
    expect(lines).toHaveLength(500);
    expect(agent.stderrTail()).toContain('tired');
    expect(run.charts.map(({ id }) => id)).toEqual(['claude: /review ← 0003-run_cmd/1']);
  });

  it('ends with the conflict when its prompt differs', async () => {
    const { agent, lines } = startAgent(aRunner({ stdin: 'review it', output: [at(0, 'fine\n')] }), 'delete it');
    expect(await agent.over).toMatchObject({ fault: { code: 'conflict', message: 'The input differs.' } });
    expect(lines).toEqual([]);
  });

  it('is ended by its session where it was ended before, and all of its output is read', async () => {
    const run = aRunner({ ended: cancelled, output: [at(0, 'result\n'), at(1, 'more\n')] });
    const { agent, lines } = startAgent(run, null);
    await expect.poll(() => lines).toEqual(['result', 'more']);
    expect(agent.exit).toBeNull();
    agent.end();
    expect(await agent.over).toMatchObject({ exit: { code: 143, signal: null }, fault: null });
  });

  it('shows no process to those who look for one', async () => {
    const { agent } = startAgent(aRunner({ ended: cancelled }), null);
    await agent.started;
    const pid = agent.pid ?? 0;
    const dir = tempFolder();
    const trace = createProcessTraces({ isEnabled: true, intervalMs: 60_000 }).begin({
      trace: `${dir}/trace.jsonl`,
      anomalies: `${dir}/anomalies.jsonl`,
    });
    trace.follow({ pid, over: agent.over });
    expect(await createSignsOfLife(createProcessTable(), pid).look()).toBeNull();
    expect(await trace.finish()).toBeNull();
    expect(await readdir(dir)).toEqual([]);
    agent.end();
    await agent.over;
  });
});
