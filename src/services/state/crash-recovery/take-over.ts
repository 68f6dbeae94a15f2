import { claim, pathOf } from './claim.ts';
import type { Remains } from './list-remains.ts';
import { readEnrollment } from './read-remains.ts';
import type { RecoveryOptions } from './recovery-options.ts';
import type { Remain } from './remain.ts';
import { type Settlement, settleClaim } from './settle-claim.ts';

/** Goes on with a session that this server, or one that is dead, has claimed and not settled. */
export async function takeOver(options: RecoveryOptions, enrollment: Remain, remains: Remains): Promise<Settlement> {
  if (!isFree(options, enrollment)) return { outcome: 'passed' };
  const isOurs =
    (await readEnrollment(pathOf(options, enrollment), enrollment.pid, options.ownUid)) !== null &&
    (await claim(options, enrollment));
  if (!isOurs) return { outcome: 'passed' };
  return settleClaim(options, enrollment.pid, tracesOf(options, enrollment, remains));
}

/**
 * Where the trace of a claimed session may be: claimed with it; or left behind where it was, unclaimed or claimed by a server
 * that died before, and then no enrollment is beside it, which would be that of another session with the same pid.
 */
function tracesOf(options: RecoveryOptions, enrollment: Remain, remains: Remains): readonly Remain[] {
  const leftBehind = remains.traces.filter(
    (trace) => trace.pid === enrollment.pid && isFree(options, trace) && !remains.has({ ...trace, kind: 'enrollment' }),
  );
  return [{ ...enrollment, kind: 'trace' }, ...leftBehind];
}

/** Whether no other server that lives has claimed it. */
function isFree({ serverId, isServerAlive }: RecoveryOptions, { owner }: Remain): boolean {
  return owner === null || owner === serverId || !isServerAlive(owner);
}
