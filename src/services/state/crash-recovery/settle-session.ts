import { AppError } from '../../../domain/app-error.ts';
import { adjudicate } from './adjudicate-session.ts';
import type { RecoveryOptions } from './recovery-options.ts';
import { claim, openTrace, pathOf, readEnrollment, type SessionFile, type SessionFiles } from './session-file.ts';
import { type Settlement, settleClaim } from './settle-claim.ts';

/** Claims and settles the session of a trace, if it crashed, ran before this boot, or its pid belonged to another program. */
export async function settleUnclaimed(
  options: RecoveryOptions,
  trace: SessionFile,
  wasEnrolled: boolean,
): Promise<Settlement> {
  const enrollment: SessionFile = { ...trace, kind: 'enrollment' };
  const verdict = await adjudicateFiles(options, trace, enrollment);
  switch (verdict) {
    case 'young':
    case 'alive':
      return { outcome: verdict };
    case 'gone':
      return { outcome: 'passed' };
    case 'unenrolled': {
      if (wasEnrolled) return { outcome: 'passed' };
      const path = pathOf(options, trace);
      throw new AppError('not_found', `${path} has no enrollment beside it; it is left alone.`, { details: { path } });
    }
    default: {
      const isOurs = await claim(options, enrollment);
      return isOurs ? settleClaim(options, trace.pid, [trace]) : { outcome: 'passed' };
    }
  }
}

async function adjudicateFiles(options: RecoveryOptions, trace: SessionFile, enrollment: SessionFile) {
  const file = await openTrace(options, trace);
  if (file === null) return 'gone';
  try {
    // The enrollment of a young session may not be complete yet.
    if ((await adjudicate(options, null, file)) === 'young') return 'young';
    return await adjudicate(options, await readEnrollment(options, enrollment), file);
  } finally {
    await file.handle.close();
  }
}

/** Continues with a session that this server or a dead one has claimed and not settled. */
export async function settleClaimed(
  options: RecoveryOptions,
  enrollment: SessionFile,
  files: SessionFiles,
): Promise<Settlement> {
  if (!isFree(options, enrollment)) return { outcome: 'passed' };
  const isOurs = (await readEnrollment(options, enrollment)) !== null && (await claim(options, enrollment));
  return isOurs ? settleClaim(options, enrollment.pid, tracesOf(options, enrollment, files)) : { outcome: 'passed' };
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
