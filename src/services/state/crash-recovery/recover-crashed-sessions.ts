import { toFault } from '../../../domain/app-error.ts';
import { countText } from '../../../domain/count-text.ts';
import type { RecoveredSession, Recovery, RecoveryOptions } from './recovery-options.ts';
import { listSessionFiles, nameOf, type SessionFile } from './session-file.ts';
import { type Settlement, settleClaimed, settleUnclaimed } from './settle-session.ts';

const causesKept = 20;

/**
 * Records every agent session that crashed, by the trace and the enrollment in the tmpfs folder. Each is recorded exactly once, however
 * many servers do so at once and whenever one of them is killed: the server that renames the enrollment has claimed the session, and
 * the next one takes over what a dead server has claimed.
 *
 * Only regular files of our own user are read, renamed or removed. What cannot be settled stays, is counted, and is named with its
 * cause; the others go on.
 *
 * @throws AppError `unavailable`, naming the folder, if the tmpfs folder exists but cannot be read; what `ensureServerRecord` throws
 * @throws the signal's reason, between two sessions or two chunks; the next call completes what was claimed by then, of this server or,
 * when that is dead, of another one
 *
 * Twice is safe, also at the same time.
 */
export async function recoverCrashedSessions(options: RecoveryOptions): Promise<Recovery> {
  const { tmpfsDir, serverId, ensureServerRecord, sessionLog, signal, report } = options;
  signal.throwIfAborted();
  await sessionLog.removeUnfinished(signal);
  const files = listSessionFiles(tmpfsDir);
  if (files.traces.length + files.enrollments.length > 0) ensureServerRecord();
  const counts = { passed: 0, removed: 0, young: 0, alive: 0, leftOut: 0 };
  const recorded: RecoveredSession[] = [];
  const causes: { file: string; cause: string }[] = [];

  const settle = async (file: SessionFile, work: () => Promise<Settlement>): Promise<void> => {
    signal.throwIfAborted();
    try {
      const settlement = await work();
      if (settlement.outcome === 'recorded') {
        recorded.push(settlement.session);
        report(`${countText(recorded.length, 'crashed session')} recorded`);
      } else counts[settlement.outcome] += 1;
    } catch (thrown) {
      signal.throwIfAborted();
      counts.leftOut += 1;
      if (causes.length < causesKept) causes.push({ file: nameOf(file), cause: toFault(thrown).message });
    }
  };

  const claims = files.enrollments.filter(({ owner }) => owner !== null);
  const ownFirst = [...claims].sort((a, b) => Number(b.owner === serverId) - Number(a.owner === serverId));
  for (const enrollment of ownFirst) await settle(enrollment, () => settleClaimed(options, enrollment, files));

  const claimedPids = new Set(claims.map(({ pid }) => pid));
  for (const trace of files.traces.filter(({ owner }) => owner === null)) {
    const wasEnrolled = files.has({ ...trace, kind: 'enrollment' });
    const isOfClaim = !wasEnrolled && claimedPids.has(trace.pid);
    if (!isOfClaim) await settle(trace, () => settleUnclaimed(options, trace, wasEnrolled));
  }
  const { removed, young, alive, leftOut } = counts;
  return { recorded, removed, skipped: { young, alive, leftOut }, causes };
}
