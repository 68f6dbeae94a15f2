/** A program to run. Arguments are passed as they are, without a shell. */
export interface ProcessSpec {
  readonly file: string;
  readonly args: readonly string[];
  /** What it does, for people, where the command does not show it. */
  readonly label?: string;
  /** An absolute path. */
  readonly cwd: string;
  /** Added to what a program inherits of the server's own variables; undefined removes one of those. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** It is ended after this time. */
  readonly timeLimitMs: number;
  /** How much of each of stdout and stderr is kept; of more, the middle is dropped. Without it: all. */
  readonly keptOutputBytes?: number;
  /** For each of stdout and stderr; a program that writes more is ended. */
  readonly outputLimitBytes: number;
  /** How much of the end of stdout and of stderr is returned. */
  readonly tailBytes: number;
  /** How large each of these texts may be as JSON; less is returned if it would be larger. */
  readonly tailJsonBytes?: number;
}

/** How the program itself ended. Both are null if that is unknown. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/**
 * Why the processes of a run are ended. `exited`: the program ended by itself, and the processes that it left running are ended.
 * `diskLow`: it wrote on while less than the reserve was free on the disk of its output.
 */
export type StopReason = 'exited' | 'timedOut' | 'tooMuchOutput' | 'diskLow' | 'cancelled';

/** How long each step of an ending waits. */
export interface EndingLimits {
  /** For processes that are about to end by themselves. */
  readonly settleMs: number;
  /** From SIGTERM to SIGKILL. */
  readonly graceMs: number;
}

/** After the program has ended, processes that read from it (`>(tee log)`) have this long to finish. */
const settleMs = 100;

/** From SIGTERM to SIGKILL, while the server is not shutting down. */
export const usualGraceMs = 2_000;

/** From SIGTERM to SIGKILL for processes of a dead server. */
export const shortGraceMs = 500;

/** From SIGKILL to giving up on a process that the kernel holds (state D). */
export const forceLimitMs = 2_000;

export function endingLimitsFor(reason: StopReason, graceMs: number): EndingLimits {
  return { settleMs: reason === 'exited' ? settleMs : 0, graceMs };
}

/** The result of an ending. */
export interface ProcessesEnded {
  /** Number of processes besides the program itself. */
  readonly others: number;
  /** The pids of processes that could not be ended. */
  readonly survivors: readonly number[];
}

/** The outcome of a program. */
export interface ProcessOutcome extends ProcessesEnded {
  readonly reason: StopReason;
  readonly exit: ProcessExit;
}

/** The end of what a program wrote. */
export interface OutputTail {
  /** Bytes that are not UTF-8 become U+FFFD. */
  readonly text: string;
  /** Of all that was written. */
  readonly sizeBytes: number;
  /** How many bytes come before the text. */
  readonly truncatedBytes: number;
}

/** The progress of a running program. */
export interface ProcessProgress {
  readonly elapsedMs: number;
  /** The last line that it wrote to stdout or stderr; null before the first. */
  readonly lastLine: string | null;
}
