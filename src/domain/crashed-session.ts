import type { Enrollment } from './enrollment.schema.ts';
import type { ProcessIdentity } from './server-record.ts';

/** A trace that was written more recently may belong to a session that is starting or ending. */
const traceSettledAfterMs = 30_000;

/** What is known of a session: from its files in the tmpfs folder, and from the system now. */
export interface SessionEvidence {
  /** null: there is no enrollment file beside the trace. */
  readonly enrollment: Enrollment | null;
  readonly traceMtimeMs: number;
  /** Name of the program in the first snapshot; null: there is no snapshot. */
  readonly firstComm: string | null;
  readonly nowMs: number;
  /** null: the system has none. */
  readonly bootId: string | null;
  /** @param seenAtMs when the process last gave a sign of life */
  isAlive(identity: ProcessIdentity, seenAtMs: number): boolean;
}

/** `young`, `unenrolled` and `alive`: the files are kept. `other-boot`, `alien` (the pid was of another program): removed. `crashed`: recorded. */
export type SessionVerdict = 'young' | 'unenrolled' | 'other-boot' | 'alive' | 'alien' | 'crashed';

export function adjudicateSession(evidence: SessionEvidence): SessionVerdict {
  const { enrollment, traceMtimeMs, firstComm, nowMs, bootId, isAlive } = evidence;
  if (nowMs - traceMtimeMs < traceSettledAfterMs) return 'young';
  if (enrollment === null) return 'unenrolled';
  const { pid, starttime_ticks, boot_id, pid_namespace, comm } = enrollment;
  if (bootId !== null && boot_id !== bootId) return 'other-boot';
  const identity = { pid, startTicks: starttime_ticks, bootId: boot_id, pidNamespace: pid_namespace };
  if (isAlive(identity, traceMtimeMs)) return 'alive';
  const isAlien = comm !== '' && firstComm !== null && firstComm !== comm;
  return isAlien ? 'alien' : 'crashed';
}

/** The same name for the same process: a session that several servers record has one folder. */
export function crashedDirNameOf({ pid, starttime_ticks }: Enrollment): string {
  return `crashed_${pid}_${starttime_ticks}`;
}
