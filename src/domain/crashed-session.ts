import type { Enrollment } from './enrollment.schema.ts';
import type { ProcessIdentity } from './server-record.ts';

/** A trace that was written to within this time may belong to a session that begins or ends just now. */
const traceSettledAfterMs = 30_000;

/** What a session has left in the tmpfs folder, and what the system says now. */
export interface SessionRemains {
  /** null where there is a trace without one. */
  readonly enrollment: Enrollment | null;
  readonly traceMtimeMs: number;
  /** Program of the first snapshot; null where there is none. */
  readonly firstComm: string | null;
  readonly nowMs: number;
  /** null where the system does not say. */
  readonly bootId: string | null;
  isAlive(identity: ProcessIdentity): boolean;
}

/**
 * `young`, `unenrolled`, `alive`: to be left; `other-boot` and `alien` (the pid was that of another program when it was
 * traced): to be removed; `crashed`: to be recorded.
 */
export type RemainsVerdict = 'young' | 'unenrolled' | 'other-boot' | 'alive' | 'alien' | 'crashed';

export function judgeRemains(remains: SessionRemains): RemainsVerdict {
  const { enrollment, traceMtimeMs, firstComm, nowMs, bootId, isAlive } = remains;
  if (nowMs - traceMtimeMs < traceSettledAfterMs) return 'young';
  if (enrollment === null) return 'unenrolled';
  const { pid, starttime_ticks, boot_id, comm } = enrollment;
  if (bootId !== null && boot_id !== bootId) return 'other-boot';
  if (isAlive({ pid, startTicks: starttime_ticks, bootId: boot_id })) return 'alive';
  const isAlien = comm !== '' && firstComm !== null && firstComm !== comm;
  return isAlien ? 'alien' : 'crashed';
}

/** The same for the same process, whoever records it: a session that is recorded twice is recorded once. */
export function crashedDirNameOf({ pid, starttime_ticks }: Enrollment): string {
  return `crashed_${pid}_${starttime_ticks}`;
}
