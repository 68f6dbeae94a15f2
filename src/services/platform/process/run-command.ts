/** A short command, such as a question to git. Arguments reach it as they are: no shell is between. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** An absolute path. */
  readonly cwd: string;
  /** Variables beside those of this process; undefined takes one of those away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly timeLimitMs: number;
}

export interface CommandOutcome {
  /** null where a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether `stdout` is a part of what was written. */
  readonly isCut: boolean;
  readonly timedOut: boolean;
}

/**
 * Runs a command without input and waits for its end. One that fails or takes too long is an outcome, not an error.
 * @throws AppError `not_found` when the program is not there, `unavailable` when the machine takes no more processes; the signal's
 * reason when that is aborted
 */
export type RunCommand = (command: Command, signal?: AbortSignal) => Promise<CommandOutcome>;
