import type { ProcessSpec } from '../../../domain/child-process.ts';

/** A short command, such as `git status`. Arguments are passed as they are, without a shell. */
export interface Command extends Pick<ProcessSpec, 'file' | 'args' | 'label' | 'cwd' | 'timeLimitMs'> {
  /** Added to what a program inherits of this process's variables; undefined removes one of those. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** How much of its output is read. Default: 4 MiB. */
  readonly mostOutputBytes?: number;
}

export const mostOutputBytes = 4 * 1_024 ** 2;

export interface CommandOutcome {
  /** null where a signal ended it, or its time was up. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether `stdout` is only a part of what was written. */
  readonly isTruncated: boolean;
  readonly timedOut: boolean;
}

/**
 * Runs a command without input and waits for its end. One that fails or takes too long is an outcome, not an error.
 * @throws AppError `not_found` when the program does not exist, `unavailable` when the machine takes no more processes; the signal's
 * reason when that is aborted
 */
export type RunCommand = (command: Command, signal?: AbortSignal) => Promise<CommandOutcome>;
