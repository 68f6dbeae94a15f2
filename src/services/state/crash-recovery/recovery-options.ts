import type { ProcessIdentity } from '../../../domain/server-record.ts';
import type { SessionLog } from '../session-log/session-log.ts';

export interface RecoveryOptions {
  /** Where sessions keep their traces; everybody may write there. A folder that does not exist is empty. */
  readonly tmpfsDir: string;
  /** null where the system has no user numbers. */
  readonly ownUid: number | null;
  /** Letters, digits, `_` and `-`, at most 64. */
  readonly serverId: string;
  /** Called for other servers. Must be true for a server from its call of `ensureServerRecord` until it is dead. */
  isServerAlive(serverId: string): boolean;
  /** Called before the first claim, where there are files: other servers must see that the claimer is alive. */
  ensureServerRecord(): void;
  isSameProcessAlive(identity: ProcessIdentity, seenAtMs: number): boolean;
  /** null where the system has none. */
  readonly bootId: string | null;
  readonly sessionLog: Pick<SessionLog, 'record' | 'removeUnfinished'>;
  readonly signal: AbortSignal;
  /** Called with a short sentence after each session that is recorded. */
  report(detail: string): void;
  nowMs?(): number;
}

export interface RecoveredSession {
  readonly sessionId: string;
  readonly dirName: string;
  readonly pid: number;
}

export interface Recovery {
  /** Sessions whose recording was completed now. */
  readonly recorded: readonly RecoveredSession[];
  /** Sessions of an earlier boot, or whose trace is of another program: their files were removed. */
  readonly removed: number;
  readonly skipped: {
    /** Traces that may belong to a session that is starting or ending. */
    readonly young: number;
    readonly alive: number;
    /** Files that are untrusted or lack their counterpart, and sessions that could not be recorded this time. */
    readonly leftOut: number;
  };
  /** For the first 20 of those left out. */
  readonly causes: readonly { readonly file: string; readonly cause: string }[];
}
