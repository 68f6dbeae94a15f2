import { type Actor, type ActorOptions, type AnyActor, type AnyActorLogic, createActor, toPromise } from 'xstate';
import { AppError, type Fault } from '../domain/app-error.ts';
import type { BackgroundOutcome, BackgroundStatus } from '../domain/background-job.ts';
import type { FailureRecord } from '../domain/failure-record.schema.ts';
import type { Log } from '../domain/log-record.ts';
import type { Redactor } from '../domain/redact.ts';
import { within } from '../domain/within.ts';
import { createBackgroundJobMachine } from '../machines/background-job.machine.ts';
import type { Background, BackgroundJobSpec } from '../services/background/background.ts';
import { createStatusFile } from '../services/state/status-file.ts';
import { createBackgroundJobActors } from './actors/background-job-actors.ts';

/** The background work of this server, and how it leaves without losing any of it silently. */
export interface BackgroundJobs extends Background {
  /**
   * Lets what runs finish for so long, cancels the rest, and settles when all of it has ended. Work that is deaf to its signal keeps it from
   * settling: who waits has a deadline.
   * @param signal aborted: nothing may finish any more
   */
  drain(finishMs: number, signal: AbortSignal): Promise<void>;
  /** Settles when all that runs as of now has ended. */
  whenSettled(): Promise<void>;
}

export interface BackgroundJobsDeps {
  readonly log: Log;
  readonly redact: Pick<Redactor, 'text'>;
  isLeaving(): boolean;
  recordFailure(failure: FailureRecord): void;
  /** Puts the file in place as a whole. @throws AppError `unavailable` */
  writeFileAtomically(path: string, data: string): Promise<void>;
  /** Shows the chart of a piece of work before it begins, with its name. */
  follow(name: string, actor: AnyActor): void;
  /** Of the charts' limits; the system's where none is given. */
  readonly clock?: NonNullable<ActorOptions<AnyActorLogic>['clock']>;
}

/** One piece of work, until it has ended and its status file tells so. */
interface Work {
  readonly order: BackgroundJobSpec;
  readonly startedAtMs: number;
  /** What `run` has promised; its failure is taken up by the chart. */
  attempt: Promise<void>;
  over: Promise<unknown>;
  cancel(): void;
}

const longestErrorText = 500;

export function createBackgroundJobs(deps: BackgroundJobsDeps): BackgroundJobs {
  const { log, redact } = deps;
  const works = new Map<number, Work>();
  let lastWorkId = 0;

  const machine = createBackgroundJobMachine(
    createBackgroundJobActors((workId, signal) => {
      const work = works.get(workId);
      if (work === undefined) throw new AppError('internal', `there is no background work number ${workId}`);
      // What is thrown at once fails as what is thrown later does.
      work.attempt = (async () => work.order.run(signal))();
      return work.attempt;
    }),
  );

  const tell = async ({ order, startedAtMs, attempt }: Work, outcome: BackgroundOutcome, fault: Fault | null) => {
    const ended = { name: order.name, ms: Date.now() - startedAtMs };
    if (fault === null) {
      log.info('background_job_ended', { ...ended, outcome });
      return;
    }
    const { code, message } = fault;
    const failed = { ...ended, code, error: message };
    if (code === 'internal') log.error('background_job_failed', { ...failed, stack: await stackOf(attempt) });
    else log.warning('background_job_failed', failed);
    deps.recordFailure({
      timestamp: new Date().toISOString(),
      skill_command: order.name,
      exit_code: -1,
      subtype: 'background_exception',
      needs_retry: false,
      retry_reason: 'none',
      stderr: redact.text(message),
    });
  };

  const statusFileOf = ({ name, statusFile }: BackgroundJobSpec) => {
    if (statusFile === undefined) return null;
    return createStatusFile(statusFile, {
      writeFileAtomically: deps.writeFileAtomically,
      onProblem: (problem) => log.warning('status_file_not_written', { name, path: statusFile, problem }),
    });
  };

  const live = async (work: Work, actor: Actor<typeof machine>, say: (status: BackgroundStatus) => Promise<void>) => {
    const { outcome, fault } = await toPromise(actor);
    await tell(work, outcome, fault);
    await say({
      status: statuses[outcome],
      dispatched_at: new Date(work.startedAtMs).toISOString(),
      completed_at: new Date().toISOString(),
      ...(fault === null ? {} : { error: Array.from(redact.text(fault.message)).slice(0, longestErrorText).join('') }),
    });
    return outcome;
  };

  const hasEnded = ({ over, attempt }: Work) => Promise.allSettled([over, attempt]);
  const whenSettled = async () => void (await Promise.all([...works.values()].map(hasEnded)));

  return {
    submit(order) {
      const { name, timeLimitMs } = order;
      if (deps.isLeaving())
        throw new AppError(
          'unavailable',
          `${name} is not begun, because the server is leaving: ask again when it is back.`,
        );
      lastWorkId += 1;
      const workId = lastWorkId;
      const startedAtMs = Date.now();
      const actor = createActor(machine, {
        input: { workId, name, timeLimitMs },
        ...(deps.clock === undefined ? {} : { clock: deps.clock }),
      });
      deps.follow(`${machine.id}.${workId}`, actor);
      const say = statusFileOf(order)?.write ?? (async () => undefined);
      const dispatched = say({ status: 'pending', dispatched_at: new Date(startedAtMs).toISOString() });
      const cancel = () => {
        if (actor.getSnapshot().status === 'active') actor.send({ type: 'CANCEL' });
      };
      const work: Work = { order, startedAtMs, attempt: Promise.resolve(), over: Promise.resolve(), cancel };
      works.set(workId, work);
      actor.start();
      const over = live(work, actor, say);
      work.over = over;
      void hasEnded(work).then(() => works.delete(workId));
      return { name, dispatched, over, cancel };
    },
    get running() {
      const nowMs = Date.now();
      return [...works.values()].map(({ order, startedAtMs }) => ({ name: order.name, forMs: nowMs - startedAtMs }));
    },
    async drain(finishMs, signal) {
      const all = [...works.values()];
      if (finishMs > 0) await within(finishMs, Promise.allSettled(all.map(({ over }) => over)), signal);
      for (const { cancel } of all) cancel();
      await whenSettled();
    },
    whenSettled,
  };
}

const statuses = {
  done: 'complete',
  failed: 'failed',
  timedOut: 'failed',
  cancelled: 'cancelled',
} as const satisfies Record<BackgroundOutcome, BackgroundStatus['status']>;

/** A defect is logged with its stack. */
const stackOf = (attempt: Promise<void>): Promise<string | undefined> =>
  attempt.then(
    () => undefined,
    (problem: unknown) => (problem instanceof Error ? problem.stack : undefined),
  );
