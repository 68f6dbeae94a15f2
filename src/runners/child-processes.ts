import { appErrorOf } from '../domain/app-error.ts';
import type { ProcessExit, ProcessOutcome, ProcessSpec, StopReason } from '../domain/child-process.ts';
import { commandLabel } from '../domain/command-label.ts';
import { ownerMark, ownerVariable } from '../domain/owner-mark.ts';
import { startTimer } from '../domain/timers.ts';
import {
  type ChildProcessEvent,
  type ChildProcessWork,
  childProcessWork,
  createChildProcessMachine,
} from '../machines/child-process.machine.ts';
import type { ChildProcesses, ConnectedProcesses, RunOptions } from '../services/platform/process/child-processes.ts';
import { type DiskSpace, isFull, isLow } from '../services/platform/process/disk-space.ts';
import { endOwned, killOwnedNow } from '../services/platform/process/end-owned.ts';
import type { Guardian } from '../services/platform/process/guardian.ts';
import { inheritedEnvironment, withoutScenario } from '../services/platform/process/inherited-environment.ts';
import { createOutputFile, type OutputFile } from '../services/platform/process/output-file.ts';
import { alwaysKeptBytes, createOutputWatch, type WatchedOutput } from '../services/platform/process/output-watch.ts';
import { createOwnedProcesses, type OwnedProcesses } from '../services/platform/process/owned-processes.ts';
import type { ProcessTable, SameProcess } from '../services/platform/process/process-table.ts';
import { type SpawnedProcess, type SpawnOptions, spawnProcess } from '../services/platform/process/spawn-process.ts';
import { type RunnerDeps, RunTable, runChart } from './run-chart.ts';
import type { Workers } from './worker-registry.ts';

/** The processes of this server. */
export interface ChildProcessRunner
  extends ChildProcesses,
    ConnectedProcesses,
    Required<Pick<Workers, 'programs' | 'killAll' | 'leave'>> {
  /** How many programs have not ended with everything that they started. */
  readonly running: number;
}

export interface ChildProcessRunnerDeps extends RunnerDeps {
  readonly serverId: string;
  /** The server's own environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly outputDir: string;
  /** The room on the disk of a folder; null: unknown. */
  readDiskSpace(dir: string): DiskSpace | null;
  readonly table: ProcessTable;
  readonly guardian: Guardian;
  /** From SIGTERM to SIGKILL, as of now. */
  graceMs(): number;
  /** Writes the server record: other servers that find our owner mark check it to see whether we live. @throws AppError `unavailable` */
  ensureServerRecord(): void;
  /** Called when a program has been started, and when one has ended. */
  onPrograms(): void;
}

/** The streams of a program. */
interface RunStreams {
  readonly stdio: SpawnOptions['stdio'];
  onSpawned?(program: SpawnedProcess): void;
  /** @param stop ends the program @returns a function that ends the watch */
  watch(stop: (reason: StopReason) => void): () => void;
}

/** One program, as long as it or anything that it started is there. */
interface ProcessRun {
  readonly spec: Pick<ProcessSpec, 'file' | 'args' | 'label' | 'cwd' | 'env' | 'timeLimitMs'>;
  readonly options: Pick<RunOptions, 'signal' | 'startedBy'>;
  readonly streams: RunStreams;
  readonly signalled: Set<number>;
  program: SpawnedProcess | null;
  root: SameProcess | null;
  owned: OwnedProcesses;
  /** Kills it now; settles when its chart has ended. null before its chart runs, and after. */
  kill: (() => Promise<unknown>) | null;
}

export function createChildProcessRunner(deps: ChildProcessRunnerDeps): ChildProcessRunner {
  const { table, guardian, serverId } = deps;
  const runs = new RunTable<ProcessRun>();
  const readDisk = () => deps.readDiskSpace(deps.outputDir);
  const outputs = createOutputWatch(readDisk);
  const markOf = (processId: number) => `${serverId}.${processId}`;

  const programs = () => [...runs.values()].flatMap(({ root }) => (root === null ? [] : [root]));
  const notifyPrograms = () => {
    guardian.setPrograms(programs());
    deps.onPrograms();
  };
  let isScheduled = false;
  /** An end may be reported late: where many short programs run, the start of the next one reports it. */
  const notifyProgramsSoon = () => {
    if (isScheduled) return;
    isScheduled = true;
    startTimer(() => {
      isScheduled = false;
      notifyPrograms();
    }, notifyEndAfterMs);
  };

  /** A spawn holds the event loop for milliseconds: of many that start at once, each gets a turn of its own. */
  let lastTurn = Promise.resolve();
  const ownTurn = () => {
    const turn = lastTurn;
    lastTurn = turn.then(() => new Promise((resolve) => setImmediate(resolve)));
    return turn;
  };

  /** @returns the streams of a program that writes to files, and how to take what it wrote */
  const createFileStreams = (
    processId: number,
    spec: ProcessSpec,
    { onProgress, onSizes }: Pick<WatchedOutput, 'onProgress' | 'onSizes'>,
  ) => {
    const [stdout, stderr] = createOutputFiles(`${deps.outputDir}/${markOf(processId)}`);
    let lowDisk: DiskSpace | null = null;
    let wasDiskFull = false;
    const streams: RunStreams = {
      stdio: { stdoutFd: stdout.fd, stderrFd: stderr.fd },
      watch: (stop) =>
        outputs.watch({
          files: [stdout, stderr],
          keptBytes: keptBytesOf(spec),
          limitBytes: spec.outputLimitBytes,
          onProgress,
          onSizes,
          onTooMuch: () => stop('tooMuchOutput'),
          onDiskLow(disk) {
            lowDisk = disk;
            stop('diskLow');
          },
          onDiskFull() {
            wasDiskFull = true;
          },
        }),
    };
    const take = async (reason: StopReason) => {
      // Read before the files are taken: taking them makes room.
      const disk = readDisk();
      const isDiskLow = disk !== null && isLow(disk);
      const keptBytes = isDiskLow ? Math.min(keptBytesOf(spec), alwaysKeptBytes) : keptBytesOf(spec);
      return {
        stdout: await stdout.take(spec.tailBytes, keptBytes, spec.tailJsonBytes),
        stderr: await stderr.take(spec.tailBytes, keptBytes, spec.tailJsonBytes),
        isOutputDiskFull: wasDiskFull || (disk !== null && isFull(disk)),
        ...(reason === 'diskLow' && lowDisk !== null ? { lowDisk } : {}),
      };
    };
    const discard = () => {
      stdout.discard();
      stderr.discard();
    };
    return { streams, take, discard };
  };

  const work: ChildProcessWork = {
    async spawnProcess({ processId }) {
      await ownTurn();
      const run = runs.of(processId);
      const { spec, streams } = run;
      guardian.ensure();
      const mark = ownerMark(serverId, processId, deps.env[ownerVariable]);
      const env = { ...spec.env, [ownerVariable]: mark };
      await spawnProcess({ ...spec, env, stdio: streams.stdio }, (program) => {
        run.program = program;
        run.root = table.find(program.pid);
        run.owned = createOwnedProcesses(table, { mark: markOf(processId), root: run.root });
        notifyPrograms();
        streams.onSpawned?.(program);
      });
    },
    async waitForExit({ processId }) {
      await runs.of(processId).program?.exited;
    },
    watchOutput({ processId }, send) {
      return runs.of(processId).streams.watch((reason) => send({ type: 'STOP', reason, graceMs: deps.graceMs() }));
    },
    async endProcesses({ processId, limits }, { signal }) {
      const run = runs.of(processId);
      const { owned, program, signalled } = run;
      const onSignalled = ({ pid }: { pid: number }) => signalled.add(pid);
      // What ignores SIGTERM can write much in the grace time.
      const endWatch = run.streams.watch(() => undefined);
      const survivors = await endOwned(table, owned, { limits, signal, onSignalled }).finally(endWatch);
      const isGone = program !== null && survivors.every(({ pid }) => pid !== program.pid);
      const others = [...signalled].filter((pid) => pid !== program?.pid).length;
      return { exit: isGone ? await program.exited : unknownExit, others, survivors: survivors.map(({ pid }) => pid) };
    },
  };
  const machine = createChildProcessMachine(childProcessWork.actors(work));

  const runToEnd = async (
    processId: number,
    { spec, options, streams }: Pick<ProcessRun, 'spec' | 'options' | 'streams'>,
  ): Promise<ProcessOutcome> => {
    const run: ProcessRun = {
      spec,
      options,
      streams,
      signalled: new Set(),
      program: null,
      root: null,
      owned: createOwnedProcesses(table, { mark: markOf(processId), root: null }),
      kill: null,
    };
    runs.set(processId, run);
    const chart = runChart(
      machine,
      {
        name: `${machine.id}.${processId}`,
        label: spec.label ?? commandLabel(spec),
        input: { processId, timeLimitMs: spec.timeLimitMs, graceMs: deps.graceMs() },
        startedBy: options.startedBy,
        signal: options.signal,
        cancel: (): ChildProcessEvent => ({ type: 'STOP', reason: 'cancelled', graceMs: deps.graceMs() }),
      },
      deps,
    );
    run.kill = () => {
      chart.send({ type: 'STOP', reason: 'cancelled', graceMs: 0 });
      return chart.output;
    };
    try {
      const { fault, ...outcome } = await chart.output;
      const isOver = run.program === null || (fault === null && outcome.survivors.length === 0);
      // What could not be ended is tried once more when the server leaves, and is then left to the guardian.
      if (isOver) {
        runs.delete(processId);
        notifyProgramsSoon();
      }
      if (fault !== null) throw appErrorOf(fault);
      return outcome;
    } finally {
      run.kill = null;
    }
  };

  const runner: ChildProcessRunner = {
    async run(spec, options) {
      options.signal.throwIfAborted();
      deps.ensureServerRecord();
      const startedAtMs = performance.now();
      const processId = runs.nextId();
      const { onProgress, onOutput } = options;
      let reported = [0, 0];
      const report = ([stdoutBytes = 0, stderrBytes = 0]: readonly number[]) => {
        reported = [stdoutBytes, stderrBytes];
        onOutput?.({ elapsedMs: performance.now() - startedAtMs, stdoutBytes, stderrBytes });
      };
      const onSizes = (sizes: readonly number[]) => {
        // The watch of the ending begins at 0 again.
        if (sizes.some((size, index) => size > (reported[index] ?? 0))) report(sizes);
      };
      const { streams, take, discard } = createFileStreams(processId, spec, { onProgress, onSizes });
      try {
        const env = { ...inheritedEnvironment(deps.env), ...spec.env };
        const outcome = await runToEnd(processId, { spec: { ...spec, env }, options, streams });
        const taken = await take(outcome.reason);
        report([taken.stdout.sizeBytes, taken.stderr.sizeBytes]);
        return { ...outcome, ...taken, elapsedMs: performance.now() - startedAtMs };
      } catch (thrown) {
        discard();
        throw thrown;
      }
    },
    async connect(spec, options) {
      options.signal.throwIfAborted();
      try {
        deps.ensureServerRecord();
      } catch {
        // The heartbeat reports it.
      }
      const streams: RunStreams = {
        stdio: 'pipes',
        onSpawned({ pid, exited, pipes }) {
          if (pipes !== null) options.onPipes({ ...pipes, pid, exited });
        },
        watch: () => () => undefined,
      };
      const env = options.inheritsNothing ? spec.env : { ...withoutScenario(deps.env), ...spec.env };
      return runToEnd(runs.nextId(), { spec: { ...spec, env, timeLimitMs: unlimitedMs }, options, streams });
    },
    programs,
    get running() {
      return runs.size;
    },
    async killAll() {
      await Promise.allSettled([...runs.values()].map(({ kill }) => kill?.()));
    },
    leave() {
      if (runs.size === 0) guardian.dismiss();
      else
        killOwnedNow(
          table,
          [...runs.values()].map(({ owned }) => owned),
        );
    },
  };
  deps.register(runner);
  return runner;
}

const notifyEndAfterMs = 250;

/** The input of a chart is JSON, which has no infinity. */
const unlimitedMs = Number.MAX_SAFE_INTEGER;

const keptBytesOf = ({ keptOutputBytes, outputLimitBytes }: ProcessSpec) => keptOutputBytes ?? outputLimitBytes;

function createOutputFiles(path: string): [OutputFile, OutputFile] {
  const stdout = createOutputFile(`${path}.stdout`);
  try {
    return [stdout, createOutputFile(`${path}.stderr`)];
  } catch (thrown) {
    stdout.discard();
    throw thrown;
  }
}

const unknownExit: ProcessExit = { code: null, signal: null };
