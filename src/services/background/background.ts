import type { BackgroundOutcome } from '../../domain/background-job.ts';

/** Work that outlives the call that began it. */
export interface BackgroundJobSpec {
  /** For people: in the log, in kitchen_status and, where it fails, in the pipeline report. */
  readonly name: string;
  /** Past this its signal is aborted; at most 24 days. */
  readonly timeLimitMs: number;
  /** An absolute path where others can read how it stands, as a `BackgroundStatus`; the caller has seen that it may lie there. */
  readonly statusFile?: string;
  /** Stops soon after the signal is aborted. What it throws becomes its failure. */
  run(signal: AbortSignal): Promise<void>;
}

export interface BackgroundJob {
  readonly name: string;
  /** Settles when the status file says `pending`, at once without one. Never rejects. */
  readonly dispatched: Promise<void>;
  /** Settles when the outcome is known and the status file tells it. Work that is deaf to its signal may still run then. */
  readonly over: Promise<BackgroundOutcome>;
  /** Aborts its signal. Twice is safe, and so is afterwards. */
  cancel(): void;
}

/**
 * Does work that no call waits for, each piece with a name, a limit and an end. A failure never reaches who submitted it: it is one line
 * in the log and a record in the pipeline report. When the server leaves, work may finish as calls in flight may, and is then cancelled.
 */
export interface Background {
  /** Begins at once. @throws AppError `unavailable` while the server leaves */
  submit(order: BackgroundJobSpec): BackgroundJob;
  /** What has not ended, the oldest first; also what has been told to stop and does not. */
  readonly running: readonly { readonly name: string; readonly forMs: number }[];
}
