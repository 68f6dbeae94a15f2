/** A program to start. Arguments reach it as they are: no shell is between. */
export interface ProcessSpec {
  readonly file: string;
  readonly args: readonly string[];
  /** An absolute path. */
  readonly cwd: string;
  /** Variables beside those of the server's own environment; undefined takes one of those away. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How long it may run before it is ended. */
  readonly timeLimitMs: number;
  /** How much it may write to stdout and to stderr before it is ended. */
  readonly outputLimitBytes: number;
  /** How much of the end of each is given back. */
  readonly tailBytes: number;
}

/** How the program itself ended. Both are null when that is not known. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** Why the processes of a piece of work are ended. `exited`: the program has ended by itself, and what it left behind goes too. */
export type StopReason = 'exited' | 'timedOut' | 'tooMuchOutput' | 'cancelled';

/** How long is waited at each step of an ending. */
export interface EndingLimits {
  /** For processes that are about to end by themselves. */
  readonly settleMs: number;
  /** From SIGTERM to SIGKILL. */
  readonly graceMs: number;
}

/** The program has ended: what reads from it (`>(tee log)`) has this long to finish. */
const settleMs = 100;

/** From SIGTERM to SIGKILL, where no end of the server asks for haste. */
export const usualGraceMs = 2_000;

/** The same for what a server that has died left behind: nobody waits for it. */
export const hastyGraceMs = 500;

/** From SIGKILL to giving up on a process that the kernel holds (state D). */
export const forceLimitMs = 2_000;

export function endingLimitsFor(reason: StopReason, graceMs: number): EndingLimits {
  return { settleMs: reason === 'exited' ? settleMs : 0, graceMs };
}

/** What an ending came to. */
export interface ProcessesEnded {
  /** Processes beside the program itself. */
  readonly others: number;
  /** The pids of processes that could not be ended. */
  readonly survivors: readonly number[];
}

/** What became of a program. */
export interface ProcessOutcome extends ProcessesEnded {
  readonly reason: StopReason;
  readonly exit: ProcessExit;
}

/** The end of what a program wrote. */
export interface OutputTail {
  /** Bytes that are not UTF-8 stand as U+FFFD. */
  readonly text: string;
  readonly sizeBytes: number;
  /** How many bytes come before the text. */
  readonly truncatedBytes: number;
}

/** How far a program that runs is. */
export interface ProcessProgress {
  readonly elapsedMs: number;
  /** The last line that it wrote, to whichever; null while it has written none. */
  readonly lastLine: string | null;
}
