import type { ProcStat } from '../proc-stat.ts';

export interface ProcessRow extends Pick<ProcStat, 'parentPid' | 'sessionId' | 'startTicks'> {
  readonly pid: number;
}

/** Identifies a process: a later one with its pid has another start. */
export type SameProcess = Pick<ProcessRow, 'pid' | 'startTicks'>;

/** The processes of this machine. */
export interface ProcessTable {
  /** Every process that has not ended, except this one. The event loop turns meanwhile. Callers share a reading that has not begun yet. */
  read(): Promise<readonly ProcessRow[]>;
  /** The same, blocking: for the moments when the event loop does not turn again. */
  readNow(): readonly ProcessRow[];
  /**
   * Whether certainly no process lives that was started after this one, without reading the whole machine. Most programs leave no
   * process behind, and on a machine with a thousand processes that reading costs more than the program.
   * @param aliveMs how long ago the process was started
   */
  hasNoneSince(process: SameProcess, aliveMs: number): boolean;
  /** The process that has this pid now; null where that is unknown. */
  find(pid: number): SameProcess | null;
  /** Whether this very process still runs. */
  isAlive(process: SameProcess): boolean;
  /**
   * The mark in the environment that the process was started with; null for none, and for processes of other users. A process
   * that calls exec at this very moment shows no environment at all: `unknown`.
   */
  ownerMarkOf(process: SameProcess): { readonly mark: string | null } | 'unknown';
  /** Sends a signal to this very process, not to a later one with its pid. A process that is gone is not an error. */
  signal(process: SameProcess, signal: NodeJS.Signals): void;
}
