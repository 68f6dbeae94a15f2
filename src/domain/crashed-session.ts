import type { Enrollment } from './enrollment.schema.ts';
import type { ProcessIdentity } from './server-record.ts';

/** A trace that was written to within this time may belong to a session that is starting or ending. */
const traceSettledAfterMs = 30_000;

/** What the files of a session in the tmpfs folder say, and what the system says now. */
export interface SessionEvidence {
  /** null where the trace has none beside it. */
  readonly enrollment: Enrollment | null;
  readonly traceMtimeMs: number;
  /** Program of the first snapshot; null where there is none. */
  readonly firstComm: string | null;
  readonly nowMs: number;
  /** null where the system has none. */
  readonly bootId: string | null;
  isAlive(identity: ProcessIdentity): boolean;
}

/**
 * `young`, `unenrolled` and `alive` stay. `other-boot` and `alien` (another program had the pid when it was traced) are removed.
 * `crashed` is recorded.
 */
export type SessionVerdict = 'young' | 'unenrolled' | 'other-boot' | 'alive' | 'alien' | 'crashed';

export function adjudicateSession(evidence: SessionEvidence): SessionVerdict {
  const { enrollment, traceMtimeMs, firstComm, nowMs, bootId, isAlive } = evidence;
  if (nowMs - traceMtimeMs < traceSettledAfterMs) return 'young';
  if (enrollment === null) return 'unenrolled';
  const { pid, starttime_ticks, boot_id, comm } = enrollment;
  if (bootId !== null && boot_id !== bootId) return 'other-boot';
  if (isAlive({ pid, startTicks: starttime_ticks, bootId: boot_id })) return 'alive';
  const isAlien = comm !== '' && firstComm !== null && firstComm !== comm;
  return isAlien ? 'alien' : 'crashed';
}

/** The same for the same process: a session that several servers record has one folder. */
export function crashedDirNameOf({ pid, starttime_ticks }: Enrollment): string {
  return `crashed_${pid}_${starttime_ticks}`;
}
