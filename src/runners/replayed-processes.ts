import { write as writeToFile } from 'node:fs';
import { PassThrough, type Stream, Writable } from 'node:stream';
import { promisify } from 'node:util';
import { AppError, appErrorOf } from '../domain/app-error.ts';
import type { ProcessExit, ProcessOutcome, ProcessProgress, ProcessSpec } from '../domain/child-process.ts';
import { commandLabel } from '../domain/command-label.ts';
import { wait } from '../domain/timers.ts';
import {
  createReplayedProcessMachine,
  type ReplayedProcessEvent,
  type ReplayedProcessWork,
  replayedProcessWork,
} from '../machines/replayed-process.machine.ts';
import { cannotWriteState } from '../services/platform/cannot-write.ts';
import type {
  ChildProcesses,
  ConnectedProcesses,
  ConnectOptions,
  RunOptions,
} from '../services/platform/process/child-processes.ts';
import { createOutputFile, type OutputFile } from '../services/platform/process/output-file.ts';
import { lastLineOf } from '../services/platform/process/output-watch.ts';
import { recordedEnvironment } from '../services/scenario/recorded-environment.ts';
import type { PlayedOutput, PlayedStep, PlayingCall } from '../services/scenario/scenario-player.ts';
import { type RunnerDeps, RunTable, runChart } from './run-chart.ts';
import type { Workers } from './worker-registry.ts';

/**
 * Answers programs from a scenario, in place of the runner that starts them. No process is started.
 *
 * What both methods throw beside `AppError`s of their interfaces: `conflict` where no step of the scenario answers the program, where it gets another
 * input than the recorded one, and where one of its files has no safe place in this run.
 */
export interface ReplayedProcessRunner
  extends ChildProcesses,
    ConnectedProcesses,
    Required<Pick<Workers, 'killAll' | 'whenSettled'>> {}

export interface ReplayedProcessRunnerDeps extends RunnerDeps {
  readonly serverId: string;
  readonly outputDir: string;
  /** How fast outputs are played: 1 as they were recorded, 2 in half of the time; null: without delays. */
  readonly speed: number | null;
  /** The call that starts a program; null: none does. */
  callOf(options: Pick<RunOptions, 'signal' | 'startedBy'>): PlayingCall | null;
  /** Without a server record, other servers remove the outputs of this one. @throws AppError `unavailable` */
  ensureServerRecord(): void;
  /** Of the delays of outputs; the system's where none is given. */
  readonly time?: PlayTime;
}

interface PlayTime {
  /** Monotonic. */
  nowMs(): number;
  /** @throws the signal's reason */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** One program, until it has ended. */
interface ReplayedRun {
  readonly played: PlayedStep;
  readonly streams: PlayedStreams;
  /** Settles when no more is played. */
  playing: Promise<boolean>;
  kill(): void;
  over: Promise<unknown>;
}

/** Where an output goes, and where an input comes from. */
interface PlayedStreams {
  /** Waits for the input that the step needs, and compares it. @returns whether it came before the signal was aborted */
  takeInput(played: PlayedStep, signal: AbortSignal): Promise<boolean>;
  /** Waits until there is room for more, or the signal is aborted. */
  write(output: PlayedOutput, signal: AbortSignal): Promise<void>;
  /** Compares an input that the step does not wait for. */
  checkInput(played: PlayedStep): Promise<void>;
  onProgress?: ((elapsedMs: number) => void) | undefined;
}

type WantedSpec = Pick<ProcessSpec, 'file' | 'args' | 'label' | 'cwd' | 'env'>;

export function createReplayedProcessRunner(deps: ReplayedProcessRunnerDeps): ReplayedProcessRunner {
  const { speed, time = systemTime } = deps;
  const runs = new RunTable<ReplayedRun>();

  /** @returns whether the program has got its input: without that nothing is played */
  const play = async ({ played, streams }: ReplayedRun, signal: AbortSignal): Promise<boolean> => {
    const { ended } = played.step;
    const until = createPlayClock(speed, time, streams.onProgress);
    if (!(await streams.takeInput(played, signal))) return false;
    for (const output of await played.output()) {
      await until(output.atMs, signal);
      // All that a program wrote until its caller ended it is there when its caller ends it again, however early.
      if (signal.aborted && ended.reason !== 'cancelled') return true;
      await streams.write(output, signal);
    }
    await until(ended.after_ms, signal);
    await streams.checkInput(played);
    return true;
  };

  const work: ReplayedProcessWork = {
    async playOutput({ processId }, { signal }) {
      const run = runs.of(processId);
      run.playing = play(run, signal);
      await run.playing;
    },
    async writeFiles({ processId }) {
      const { played, playing } = runs.of(processId);
      if (await playing) await played.writeFiles();
    },
  };
  const machine = createReplayedProcessMachine(replayedProcessWork.actors(work));

  const take = (spec: WantedSpec, options: Omit<ConnectOptions, 'onPipes'>): PlayedStep => {
    const call = deps.callOf(options);
    if (call === null)
      throw new AppError(
        'conflict',
        `${labelOf(spec)} was not started, because no tool call asks for it and a replay answers only those that a tool call starts. Run it without --replay-scenario.`,
      );
    const { file, args, cwd } = spec;
    const env = recordedEnvironment(spec.env, options.inheritsNothing);
    return call.take({ file, args, cwd, logDir: options.logDir ?? null, env });
  };

  const runToEnd = async (
    processId: number,
    { played, streams }: Pick<ReplayedRun, 'played' | 'streams'>,
    spec: WantedSpec & Pick<ProcessSpec, 'timeLimitMs'>,
    options: Pick<RunOptions, 'signal' | 'startedBy'>,
  ): Promise<ProcessOutcome> => {
    const { reason, code, signal, others } = played.step.ended;
    const run: ReplayedRun = {
      played,
      streams,
      playing: Promise.resolve(false),
      kill: () => chart.send({ type: 'STOP', reason: 'cancelled' }),
      over: Promise.resolve(),
    };
    runs.set(processId, run);
    const chart = runChart(
      machine,
      {
        name: `${machine.id}.${processId}`,
        label: `${labelOf(spec)} ← ${played.name}`,
        input: {
          processId,
          step: played.name,
          recorded: { reason, exit: { code, signal }, others },
          timeLimitMs: spec.timeLimitMs,
        },
        startedBy: options.startedBy,
        signal: options.signal,
        cancel: (): ReplayedProcessEvent => ({ type: 'STOP', reason: 'cancelled' }),
      },
      deps,
    );
    run.over = chart.output;
    try {
      const { fault, ...outcome } = await chart.output;
      if (fault !== null) throw appErrorOf(fault);
      return outcome;
    } finally {
      runs.delete(processId);
    }
  };

  const runner: ReplayedProcessRunner = {
    async run(spec, options) {
      options.signal.throwIfAborted();
      deps.ensureServerRecord();
      const played = take(spec, options);
      const startedAtMs = time.nowMs();
      const processId = runs.nextId();
      const files: OutputFile[] = [];
      const openFile = (stream: 'stdout' | 'stderr') => {
        // A real program of this server has the same number.
        const path = `${deps.outputDir}/${deps.serverId}.r${processId}.${stream}`;
        const file = createOutputFile(path);
        files.push(file);
        return { path, file };
      };
      try {
        const opened = { stdout: openFile('stdout'), stderr: openFile('stderr') };
        const streams = fileStreams(opened, options.onProgress);
        const outcome = await runToEnd(processId, { played, streams }, spec, options);
        const { reason, after_ms } = played.step.ended;
        const elapsedMs = outcome.reason === reason ? after_ms : time.nowMs() - startedAtMs;
        const kept = [spec.tailBytes, spec.keptOutputBytes ?? spec.outputLimitBytes, spec.tailJsonBytes] as const;
        const stdout = await opened.stdout.file.take(...kept);
        const stderr = await opened.stderr.file.take(...kept);
        options.onOutput?.({ elapsedMs, stdoutBytes: stdout.sizeBytes, stderrBytes: stderr.sizeBytes });
        return { ...outcome, elapsedMs, stdout, stderr, isOutputDiskFull: false };
      } catch (thrown) {
        for (const file of files) file.discard();
        throw thrown;
      }
    },
    async connect(spec, options) {
      options.signal.throwIfAborted();
      const played = take(spec, options);
      const processId = runs.nextId();
      const { pipes, streams, end } = pipeStreams();
      let exit: (how: ProcessExit) => void = () => undefined;
      const exited = new Promise<ProcessExit>((resolve) => {
        exit = resolve;
      });
      const ending = runToEnd(processId, { played, streams }, { ...spec, timeLimitMs: unlimitedMs }, options);
      options.onPipes({ ...pipes, pid: firstPid + processId, exited });
      try {
        const outcome = await ending;
        exit(outcome.exit);
        return outcome;
      } finally {
        end();
        exit(unknownExit);
      }
    },
    async killAll() {
      for (const { kill } of runs.values()) kill();
      await runner.whenSettled();
    },
    async whenSettled() {
      await Promise.allSettled([...runs.values()].map(({ over }) => over));
    },
  };
  deps.register(runner);
  return runner;
}

/** Callers look for the process of a program. Linux gives no process a number above this one (PID_MAX_LIMIT), and macOS none above 99998. */
const firstPid = 2 ** 22;

/** The input of a chart is JSON, which has no infinity. */
const unlimitedMs = Number.MAX_SAFE_INTEGER;

const unknownExit: ProcessExit = { code: null, signal: null };

const progressEveryMs = 1_000;

const systemTime: PlayTime = { nowMs: () => performance.now(), wait };

const labelOf = (spec: WantedSpec) => spec.label ?? commandLabel(spec);

/** @returns a function that waits for a moment of the recording, or until the signal is aborted */
function createPlayClock(speed: number | null, time: PlayTime, onProgress: PlayedStreams['onProgress']) {
  if (speed === null) return async () => undefined;
  const startedAtMs = time.nowMs();
  let reportAtMs = progressEveryMs;
  return async (atMs: number, signal: AbortSignal) => {
    while (!signal.aborted) {
      const elapsedMs = time.nowMs() - startedAtMs;
      if (elapsedMs >= reportAtMs) {
        onProgress?.(elapsedMs * speed);
        reportAtMs = elapsedMs + progressEveryMs;
      }
      const leftMs = atMs / speed - elapsedMs;
      if (leftMs <= 0) return;
      // An aborted signal ends the loop.
      await time.wait(Math.ceil(Math.min(leftMs, reportAtMs - elapsedMs)), signal).catch(() => undefined);
    }
  };
}

const writeBytes = promisify(writeToFile);

/** Of a program without input, whose output goes to files. */
function fileStreams(
  files: Readonly<Record<PlayedOutput['stream'], { readonly path: string; readonly file: OutputFile }>>,
  onProgress: ((progress: ProcessProgress) => void) | undefined,
): PlayedStreams {
  let lastLine: string | null = null;
  return {
    takeInput: async () => true,
    checkInput: async () => undefined,
    async write({ stream, bytes }) {
      const { path, file } = files[stream];
      try {
        for (let at = 0; at < bytes.length; )
          at += (await writeBytes(file.fd, bytes, at, bytes.length - at, null)).bytesWritten;
      } catch (thrown) {
        throw cannotWriteState(path, thrown);
      }
      if (onProgress !== undefined) lastLine = lastLineOf(file) ?? lastLine;
    },
    onProgress: onProgress && ((elapsedMs) => onProgress({ elapsedMs, lastLine })),
  };
}

/** Of a program that talks to its caller. */
function pipeStreams() {
  const input: Buffer[] = [];
  const stdin = new Writable({
    write(chunk: Buffer, _encoding, done) {
      input.push(chunk);
      done();
    },
  });
  const outputs = { stdout: new PassThrough(), stderr: new PassThrough() };
  const pipes = { stdin, ...outputs };
  for (const stream of Object.values(pipes)) stream.on('error', () => undefined);
  const check = (played: PlayedStep) => played.checkStdin(Buffer.concat(input).toString());
  const streams: PlayedStreams = {
    async takeInput(played, signal) {
      if ((played.step.stdin?.bytes ?? 0) === 0) return true;
      if (!stdin.closed) await whenAny(stdin, ['close'], signal);
      if (signal.aborted) return false;
      await check(played);
      return true;
    },
    async write({ stream, bytes }, signal) {
      const output = outputs[stream];
      // As with a pipe, what its reader has closed takes no more.
      if (output.destroyed || output.write(bytes) || signal.aborted) return;
      await whenAny(output, ['drain', 'close'], signal);
    },
    async checkInput(played) {
      if (input.length > 0 && (played.step.stdin?.bytes ?? 0) === 0) await check(played);
    },
  };
  const end = () => {
    for (const output of Object.values(outputs)) output.end();
    stdin.destroy();
  };
  return { pipes, streams, end };
}

/** Settles when one of these has happened, or the signal is aborted. */
function whenAny(stream: Stream, events: readonly string[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      for (const event of events) stream.off(event, settle);
      signal.removeEventListener('abort', settle);
      resolve();
    };
    for (const event of events) stream.on(event, settle);
    signal.addEventListener('abort', settle);
    if (signal.aborted) settle();
  });
}
