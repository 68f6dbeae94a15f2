import { type Actor, type ActorOptions, type AnyActor, type AnyActorLogic, createActor, toPromise } from 'xstate';
import { AppError, appErrorOf } from '../domain/app-error.ts';
import type { ProcessExit, ProcessSpec } from '../domain/child-process.ts';
import { ownerMark, ownerVariable } from '../domain/owner-mark.ts';
import { createChildProcessMachine } from '../machines/child-process.machine.ts';
import type { ChildProcesses, RunOptions } from '../services/platform/process/child-processes.ts';
import { endOwned, killOwnedNow } from '../services/platform/process/end-owned.ts';
import type { Guardian } from '../services/platform/process/guardian.ts';
import { createOutputFile, isDiskFull, type OutputFile } from '../services/platform/process/output-file.ts';
import { createOutputWatch } from '../services/platform/process/output-watch.ts';
import { createOwnedProcesses, type OwnedProcesses } from '../services/platform/process/owned-processes.ts';
import type { ProcessTable, SameProcess } from '../services/platform/process/process-table.ts';
import { type SpawnedProcess, spawnProcess } from '../services/platform/process/spawn-process.ts';
import { type ChildProcessWork, createChildProcessActors } from './actors/child-process-actors.ts';

/** The processes of this server, and how it leaves without leaving any behind. */
export interface OwnedChildProcesses extends ChildProcesses {
  /** The programs that have not ended. */
  programs(): readonly SameProcess[];
  /** How many programs have not ended with all that they started. */
  readonly running: number;
  /** There is no time left: kills what still runs, and settles when none of it is left. Twice is safe. */
  killAll(): Promise<void>;
  /** The last act of the server, blocking: kills what still runs; the guardian is dismissed only where nothing does. */
  leave(): void;
}

export interface ChildProcessesDeps {
  readonly serverId: string;
  /** What every program gets, but for the mark of its owner. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly outputDir: string;
  readonly table: ProcessTable;
  readonly guardian: Guardian;
  /** From SIGTERM to SIGKILL, as of now. */
  graceMs(): number;
  /** Makes sure that a server which finds the mark of this one can tell whether it lives. @throws AppError `unavailable` */
  recordServer(): void;
  /** Called when a program has been started, and when one is over. */
  onPrograms(): void;
  /** Shows the chart of a program before it begins, with its name. */
  follow(name: string, actor: AnyActor): void;
  /** Of the charts' limits; the system's where none is given. */
  readonly clock?: NonNullable<ActorOptions<AnyActorLogic>['clock']>;
}

/** One program, as long as it or anything that it started is there. */
interface Work {
  readonly order: ProcessSpec;
  readonly options: RunOptions;
  readonly stdout: OutputFile;
  readonly stderr: OutputFile;
  program: SpawnedProcess | null;
  root: SameProcess | null;
  owned: OwnedProcesses;
  readonly signalled: Set<number>;
  actor: Actor<ReturnType<typeof createChildProcessMachine>> | null;
}

export function createChildProcesses(deps: ChildProcessesDeps): OwnedChildProcesses {
  const { table, guardian, serverId } = deps;
  const works = new Map<number, Work>();
  const outputs = createOutputWatch();
  let lastWorkId = 0;

  const programs = () => [...works.values()].flatMap(({ root }) => (root === null ? [] : [root]));
  const tellPrograms = () => {
    guardian.setPrograms(programs());
    deps.onPrograms();
  };
  let isToldSoon = false;
  /** That one is over has time: where many short ones run, the next one that starts says it. */
  const tellProgramsSoon = () => {
    if (isToldSoon) return;
    isToldSoon = true;
    setTimeout(() => {
      isToldSoon = false;
      tellPrograms();
    }, tellOverAfterMs).unref();
  };
  const workOf = (workId: number) => {
    const work = works.get(workId);
    if (work === undefined) throw new AppError('internal', `there is no program number ${workId}`);
    return work;
  };

  /** Starting one holds the event loop for milliseconds: of many that start at once each gets a turn of its own. */
  let lastTurn = Promise.resolve();
  const ownTurn = () => {
    const turn = lastTurn;
    lastTurn = turn.then(() => new Promise((resolve) => setImmediate(resolve)));
    return turn;
  };

  const work: ChildProcessWork = {
    async spawnProcess(workId) {
      await ownTurn();
      const work = workOf(workId);
      const { order, stdout, stderr } = work;
      guardian.ensure();
      const mark = ownerMark(serverId, workId, deps.env[ownerVariable]);
      const env = { ...deps.env, ...order.env, [ownerVariable]: mark };
      await spawnProcess({ ...order, env, stdoutFd: stdout.fd, stderrFd: stderr.fd }, (program) => {
        work.program = program;
        work.root = table.find(program.pid);
        work.owned = createOwnedProcesses(table, { mark: ownMark(workId), root: work.root });
        tellPrograms();
      });
    },
    async waitForExit(workId) {
      await workOf(workId).program?.exited;
    },
    watchOutput(workId, tell) {
      const { order, options, stdout, stderr } = workOf(workId);
      return outputs.watch({
        files: [stdout, stderr],
        limitBytes: order.outputLimitBytes,
        onProgress: options.onProgress,
        onTooMuch: () => tell({ type: 'STOP', reason: 'tooMuchOutput', graceMs: deps.graceMs() }),
      });
    },
    async endProcesses(workId, limits, signal) {
      const { owned, program, signalled } = workOf(workId);
      const onSignalled = ({ pid }: { pid: number }) => signalled.add(pid);
      const survivors = await endOwned(table, owned, { limits, signal, onSignalled });
      const isGone = program !== null && survivors.every(({ pid }) => pid !== program.pid);
      const others = [...signalled].filter((pid) => pid !== program?.pid).length;
      return { exit: isGone ? await program.exited : unknownExit, others, survivors: survivors.map(({ pid }) => pid) };
    },
  };
  const machine = createChildProcessMachine(createChildProcessActors(work));
  const ownMark = (workId: number) => `${serverId}.${workId}`;

  const live = async (workId: number, work: Work) => {
    const { order, options } = work;
    const actor = createActor(machine, {
      input: { workId, timeLimitMs: order.timeLimitMs, graceMs: deps.graceMs() },
      ...(deps.clock === undefined ? {} : { clock: deps.clock }),
    });
    const stop = () => actor.send({ type: 'STOP', reason: 'cancelled', graceMs: deps.graceMs() });
    deps.follow(`${machine.id}.${workId}`, actor);
    work.actor = actor;
    options.signal.addEventListener('abort', stop);
    try {
      actor.start();
      return await toPromise(actor);
    } finally {
      options.signal.removeEventListener('abort', stop);
      work.actor = null;
    }
  };

  return {
    async run(order, options) {
      options.signal.throwIfAborted();
      deps.recordServer();
      const startedAtMs = performance.now();
      lastWorkId += 1;
      const workId = lastWorkId;
      const [stdout, stderr] = createOutputFiles(`${deps.outputDir}/${ownMark(workId)}`);
      const work: Work = {
        order,
        options,
        stdout,
        stderr,
        program: null,
        root: null,
        owned: createOwnedProcesses(table, { mark: ownMark(workId), root: null }),
        signalled: new Set(),
        actor: null,
      };
      works.set(workId, work);
      try {
        const { fault, ...outcome } = await live(workId, work);
        const isOver = work.program === null || (fault === null && outcome.survivors.length === 0);
        // What could not be ended is tried once more when the server leaves, and is then left to the guardian.
        if (isOver) {
          works.delete(workId);
          tellProgramsSoon();
        }
        if (fault !== null) throw appErrorOf(fault);
        // Before the files are taken: that makes room.
        const isOutputDiskFull = isDiskFull(deps.outputDir);
        const output = { stdout: stdout.take(order.tailBytes), stderr: stderr.take(order.tailBytes) };
        return { ...outcome, ...output, isOutputDiskFull, elapsedMs: performance.now() - startedAtMs };
      } catch (thrown) {
        stdout.discard();
        stderr.discard();
        throw thrown;
      }
    },
    programs,
    get running() {
      return works.size;
    },
    async killAll() {
      const all = [...works.values()].flatMap(({ actor }) => (actor === null ? [] : [actor]));
      for (const actor of all) actor.send({ type: 'STOP', reason: 'cancelled', graceMs: 0 });
      await Promise.allSettled(all.map((actor) => toPromise(actor)));
    },
    leave() {
      if (works.size === 0) guardian.dismiss();
      else
        killOwnedNow(
          table,
          [...works.values()].map(({ owned }) => owned),
        );
    },
  };
}

const tellOverAfterMs = 250;

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
