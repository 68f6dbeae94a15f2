import { listRemains } from './list-remains.ts';
import { recoverUnclaimed } from './recover-unclaimed.ts';
import type { Recovery, RecoveryOptions } from './recovery-options.ts';
import { nameOf, type Remain } from './remain.ts';
import type { Settlement } from './settle-claim.ts';
import { takeOver } from './take-over.ts';
import { createTally } from './tally.ts';

/**
 * Finds agent sessions whose process is gone by the trace and the enrollment that they left in the tmpfs folder, and records
 * each exactly once, however many servers do so at once and at whatever moment one is killed: who renames the enrollment has
 * claimed the session, and what a dead server has claimed is taken over by the next that looks.
 *
 * Only regular files of our own user are read, renamed or removed. What cannot be dealt with is left, counted, and named with
 * its cause; the others go on.
 *
 * @throws AppError `unavailable`, naming the folder, if the tmpfs folder is there but cannot be read; what `recordServer` throws
 * @throws the signal's reason, between two sessions or two chunks; what was claimed by then is completed by the next call, of
 * this server or, when it is dead, of another one
 *
 * Twice is safe, also at the same time.
 */
export async function recoverCrashedSessions(options: RecoveryOptions): Promise<Recovery> {
  const { tmpfsDir, serverId, recordServer, sessionLog, signal, report } = options;
  signal.throwIfAborted();
  await sessionLog.sweepUnfinished(signal);
  const remains = await listRemains(tmpfsDir);
  if (remains.traces.length + remains.enrollments.length > 0) recordServer();
  const tally = createTally(report);

  const settle = async (remain: Remain, work: () => Promise<Settlement>): Promise<void> => {
    signal.throwIfAborted();
    try {
      tally.count(await work());
    } catch (thrown) {
      signal.throwIfAborted();
      tally.leaveOut(nameOf(remain), thrown);
    }
  };

  const claims = remains.enrollments.filter(({ owner }) => owner !== null);
  const ownFirst = [...claims].sort((a, b) => Number(b.owner === serverId) - Number(a.owner === serverId));
  for (const enrollment of ownFirst) await settle(enrollment, () => takeOver(options, enrollment, remains));

  const claimedPids = new Set(claims.map(({ pid }) => pid));
  for (const trace of remains.traces.filter(({ owner }) => owner === null)) {
    const wasEnrolled = remains.has({ ...trace, kind: 'enrollment' });
    const isOfClaim = !wasEnrolled && claimedPids.has(trace.pid);
    if (!isOfClaim) await settle(trace, () => recoverUnclaimed(options, trace, wasEnrolled));
  }
  return tally.result();
}
