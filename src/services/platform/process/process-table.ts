import type { ProcStat } from '../proc-stat.ts';

export interface ProcessRow extends Pick<ProcStat, 'parentPid' | 'sessionId' | 'startTicks'> {
  readonly pid: number;
}

/** A process, told apart from a later one with its pid. */
export type SameProcess = Pick<ProcessRow, 'pid' | 'startTicks'>;

/** The processes of this machine. */
export interface ProcessTable {
  /**
   * Every process that has not ended, this one left out. The event loop turns meanwhile; who asks while others wait shares their
   * look, if it has not begun yet.
   */
  read(): Promise<readonly ProcessRow[]>;
  /** The same, blocking: for the moments when the event loop does not turn again. */
  readNow(): readonly ProcessRow[];
  /**
   * Whether for certain nothing lives that was started after this process, without a look at the whole machine. Most programs leave
   * nothing behind, and on a machine with a thousand processes the look costs more than they do.
   * @param aliveMs how long ago the process was started
   */
  hasNobodySince(process: SameProcess, aliveMs: number): boolean;
  /** Who has this pid now; null where that cannot be told. */
  find(pid: number): SameProcess | null;
  /** Whether the very process is still there. */
  isAlive(process: SameProcess): boolean;
  /**
   * The mark in the environment that the process was started with; null for none, and for processes of other users. A process
   * that calls exec at this very moment shows no environment at all: `unknown`.
   */
  ownerMarkOf(process: SameProcess): { readonly mark: string | null } | 'unknown';
  /** Sends a signal to that very process, not to another one with its pid. A process that is gone is no error. */
  signal(process: SameProcess, signal: NodeJS.Signals): void;
}
