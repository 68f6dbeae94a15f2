import { claim, pathOf } from './claim-session-file.ts';
import { readEnrollment } from './read-session-file.ts';
import type { RecoveryOptions } from './recovery-options.ts';
import type { SessionFile, SessionFiles } from './session-file.ts';
import { type Settlement, settleClaim } from './settle-claim.ts';

/** Continues with a session that this server or a dead one has claimed and not settled. */
export async function takeOver(
  options: RecoveryOptions,
  enrollment: SessionFile,
  files: SessionFiles,
): Promise<Settlement> {
  if (!isFree(options, enrollment)) return { outcome: 'passed' };
  const isOurs =
    (await readEnrollment(pathOf(options, enrollment), enrollment.pid, options.ownUid)) !== null &&
    (await claim(options, enrollment));
  if (!isOurs) return { outcome: 'passed' };
  return settleClaim(options, enrollment.pid, tracesOf(options, enrollment, files));
}

/**
 * Where the trace of a claimed session may be: claimed with it, or where it was before, unclaimed or claimed by a server that died
 * earlier. In the second case no enrollment is beside it: that would belong to another session with the same pid.
 */
function tracesOf(options: RecoveryOptions, enrollment: SessionFile, files: SessionFiles): readonly SessionFile[] {
  const elsewhere = files.traces.filter(
    (trace) => trace.pid === enrollment.pid && isFree(options, trace) && !files.has({ ...trace, kind: 'enrollment' }),
  );
  return [{ ...enrollment, kind: 'trace' }, ...elsewhere];
}

/** Whether no other live server has claimed it. */
function isFree({ serverId, isServerAlive }: RecoveryOptions, { owner }: SessionFile): boolean {
  return owner === null || owner === serverId || !isServerAlive(owner);
}
