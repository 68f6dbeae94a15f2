import type { OutputTail, ProcessOutcome, ProcessProgress, ProcessSpec } from '../../../domain/child-process.ts';
import type { StartedBy } from '../../../domain/inspection.ts';

/** What a program wrote, and where all of it lies if not all is given back. */
export interface ProcessOutput extends OutputTail {
  /** null: the text is all there was, and no file is kept. */
  readonly file: string | null;
}

export interface FinishedProcess extends ProcessOutcome {
  readonly elapsedMs: number;
  readonly stdout: ProcessOutput;
  readonly stderr: ProcessOutput;
  /** The disk that output is kept on is full: some of it may be missing. */
  readonly isOutputDiskFull: boolean;
}

export interface RunOptions {
  /** Aborted: everything that was started is ended, with SIGTERM first. */
  readonly signal: AbortSignal;
  /** The actor that asked for the program: the inspector shows the program's chart below it. */
  readonly startedBy?: StartedBy;
  /** Called about once a second while the program runs. */
  onProgress?(progress: ProcessProgress): void;
}

/** Programs with an owner, a limit and an end: the only way in which maitred starts any. */
export interface ChildProcesses {
  /**
   * Runs a program without input and waits until it has ended *and everything that it started is gone*: what it leaves behind
   * in the background ends with it, also where it has left its session, its parents or its output. A program that fails, is
   * cancelled or takes too long is an outcome, not an error.
   *
   * @throws AppError `not_found` when the program is not there; `unavailable` when the machine takes no more processes or the
   * state folder no output, and when what it started could not be ended in time; `invalid_input` for arguments that the system refuses
   *
   * Processes that have overwritten the mark in their environment *and* left session and parents are not found.
   */
  run(spec: ProcessSpec, options: RunOptions): Promise<FinishedProcess>;
}
