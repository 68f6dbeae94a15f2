import { AppError, type Fault } from '../domain/app-error.ts';
import type { BackgroundOutcome, BackgroundStatus } from '../domain/background-job.ts';
import { encodeJson } from '../domain/encode-json.ts';
import type { FailureRecord } from '../domain/failure-record.schema.ts';
import type { StartedBy } from '../domain/inspection.ts';
import type { Log } from '../domain/log-record.ts';
import type { Redactor } from '../domain/redact.ts';
import { within } from '../domain/within.ts';
import {
  type BackgroundJobEvent,
  backgroundJobWork,
  createBackgroundJobMachine,
} from '../machines/background-job.machine.ts';
import { type RunnerDeps, RunTable, runChart } from './run-chart.ts';
import type { Workers } from './worker-registry.ts';

/** A job that outlives the call that submitted it. */
export interface BackgroundJobSpec {
  /** For people: in the log, in kitchen_status and, where it fails, in the pipeline report. */
  readonly name: string;
  /** Past this its signal is aborted. */
  readonly timeLimitMs: number;
  /** An absolute path of a file that shows its state as a `BackgroundStatus`; the caller has checked that it may lie there. */
  readonly statusFile?: string;
  /** The actor or the call that submits it. */
  readonly startedBy?: StartedBy;
  /** Stops soon after the signal is aborted. What it throws becomes its failure. */
  run(signal: AbortSignal): Promise<void>;
}

export interface BackgroundJob {
  readonly name: string;
  /** Settles when the status file says `pending`, at once without one. Never rejects. */
  readonly dispatched: Promise<void>;
  /** Settles when the outcome is known and the status file shows it. A job that ignores its signal may still run then. */
  readonly over: Promise<BackgroundOutcome>;
  /** Aborts its signal. Twice is safe, and so is afterwards. */
  cancel(): void;
}

/**
 * Runs jobs that no call waits for, each with a name, a limit and an end. A failure never reaches the submitter: it is one line in the log
 * and a record in the pipeline report. On shutdown jobs may finish as calls in flight may, and are then cancelled.
 */
export interface BackgroundJobs {
  /** Starts at once. @throws AppError `unavailable` during a shutdown */
  submit(spec: BackgroundJobSpec): BackgroundJob;
  /** Jobs that have not ended, the oldest first; also cancelled ones that still run. */
  readonly running: readonly { readonly name: string; readonly forMs: number }[];
}

/** Jobs that ignore their signal keep `drain` from settling: the caller has a deadline. */
export type BackgroundJobRunner = BackgroundJobs & Required<Pick<Workers, 'drain' | 'whenSettled'>>;

export interface BackgroundJobRunnerDeps extends RunnerDeps {
  readonly log: Log;
  readonly redact: Pick<Redactor, 'text'>;
  isShuttingDown(): boolean;
  recordFailure(failure: FailureRecord): void;
  /** Replaces the file as a whole. @throws AppError `unavailable` */
  writeFileAtomically(path: string, data: string): Promise<void>;
}

/** One job, until it has ended and its status file shows that. */
interface JobRun {
  readonly spec: BackgroundJobSpec;
  readonly startedAtMs: number;
  /** What `run` has promised; its failure is handled by the chart. */
  attempt: Promise<void>;
  over: Promise<unknown>;
  cancel(): void;
}

const longestErrorText = 500;

export function createBackgroundJobRunner(deps: BackgroundJobRunnerDeps): BackgroundJobRunner {
  const { log, redact } = deps;
  const runs = new RunTable<JobRun>();

  const machine = createBackgroundJobMachine(
    backgroundJobWork.actors({
      runJob({ jobId }, { signal }) {
        const run = runs.of(jobId);
        // A synchronous throw fails the job as a rejection does.
        run.attempt = (async () => run.spec.run(signal))();
        return run.attempt;
      },
    }),
  );

  const report = async ({ spec, startedAtMs, attempt }: JobRun, outcome: BackgroundOutcome, fault: Fault | null) => {
    const ended = { name: spec.name, ms: Date.now() - startedAtMs };
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
      skill_command: spec.name,
      exit_code: -1,
      subtype: 'background_exception',
      needs_retry: false,
      retry_reason: 'none',
      stderr: redact.text(message),
    });
  };

  const statusWriterOf = ({ name, statusFile }: BackgroundJobSpec) => {
    if (statusFile === undefined) return async () => undefined;
    let written = Promise.resolve();
    /** Settles when the file is written, in order. Never rejects. */
    return (status: BackgroundStatus) => {
      written = written
        .then(() => deps.writeFileAtomically(statusFile, `${encodeJson(status, 2)}\n`))
        .catch((problem) => log.warning('status_file_not_written', { name, path: statusFile, problem }));
      return written;
    };
  };

  const hasEnded = ({ over, attempt }: JobRun) => Promise.allSettled([over, attempt]);
  const whenSettled = async () => void (await Promise.all([...runs.values()].map(hasEnded)));

  const runner: BackgroundJobRunner = {
    submit(spec) {
      const { name, timeLimitMs, startedBy } = spec;
      if (deps.isShuttingDown())
        throw new AppError(
          'unavailable',
          `${name} was not started, because the server is shutting down. Submit it again when the server is back.`,
        );
      const jobId = runs.nextId();
      const startedAtMs = Date.now();
      const writeStatus = statusWriterOf(spec);
      const dispatched_at = new Date(startedAtMs).toISOString();
      const dispatched = writeStatus({ status: 'pending', dispatched_at });
      const run: JobRun = {
        spec,
        startedAtMs,
        attempt: Promise.resolve(),
        over: Promise.resolve(),
        cancel: () => chart.send({ type: 'CANCEL' }),
      };
      runs.set(jobId, run);
      const chart = runChart(
        machine,
        {
          name: `${machine.id}.${jobId}`,
          label: name,
          input: { jobId, name, timeLimitMs },
          startedBy,
          cancel: (): BackgroundJobEvent => ({ type: 'CANCEL' }),
        },
        deps,
      );
      const over = chart.output.then(async ({ outcome, fault }) => {
        await report(run, outcome, fault);
        await writeStatus({
          status: statuses[outcome],
          dispatched_at,
          completed_at: new Date().toISOString(),
          ...(fault && { error: Array.from(redact.text(fault.message)).slice(0, longestErrorText).join('') }),
        });
        return outcome;
      });
      run.over = over;
      void hasEnded(run).then(() => runs.delete(jobId));
      return { name, dispatched, over, cancel: run.cancel };
    },
    get running() {
      const nowMs = Date.now();
      return [...runs.values()].map(({ spec, startedAtMs }) => ({ name: spec.name, forMs: nowMs - startedAtMs }));
    },
    async drain(finishMs, signal) {
      const all = [...runs.values()];
      if (finishMs > 0) await within(finishMs, Promise.allSettled(all.map(({ over }) => over)), signal);
      for (const { cancel } of all) cancel();
      await whenSettled();
    },
    whenSettled,
  };
  deps.register(runner);
  return runner;
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
