import { AppError } from '../../../domain/app-error.ts';
import { crashedDirNameOf } from '../../../domain/crashed-session.ts';
import { adjudicate } from './adjudicate-session.ts';
import type { RecoveredSession, RecoveryOptions } from './recovery-options.ts';
import {
  claim,
  openTrace,
  pathOf,
  readEnrollment,
  remove,
  type SessionFile,
  type SessionFiles,
} from './session-file.ts';

/** What became of one session. `passed`: another server has it, or its own server has ended it. */
export type Settlement =
  | { readonly outcome: 'passed' | 'removed' | 'young' | 'alive' }
  | { readonly outcome: 'recorded'; readonly session: RecoveredSession };

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

/**
 * Continues with a session whose enrollment this server has claimed, from whatever step it or a dead server had reached. The server may
 * die after any step, and each may be done twice; the claim is removed last.
 * @param traces where its trace may be; the first that exists is taken
 */
async function settleClaim(options: RecoveryOptions, pid: number, traces: readonly SessionFile[]): Promise<Settlement> {
  const { serverId, sessionLog, signal } = options;
  const claimed: SessionFile = { kind: 'enrollment', pid, owner: serverId };
  const ownTrace: SessionFile = { ...claimed, kind: 'trace' };
  const enrollment = await readEnrollment(options, claimed);
  if (enrollment === null) return { outcome: 'passed' };
  const found = await openFirst(options, [...traces, ownTrace]);
  if (found === null) {
    // A dead server has recorded it and removed its trace, or its own server has ended it.
    await remove(options, claimed);
    return { outcome: 'passed' };
  }
  const { file, trace } = found;
  try {
    const verdict = await adjudicate(options, enrollment, file);
    if (verdict === 'young' || verdict === 'alive') return { outcome: verdict };
    if (!(await claim(options, trace))) return { outcome: 'passed' };
    if (verdict === 'crashed')
      await sessionLog.record({ enrollment, trace: file.handle, traceMtimeMs: file.stats.mtimeMs }, signal);
    await remove(options, ownTrace);
    await remove(options, claimed);
    if (verdict !== 'crashed') return { outcome: 'removed' };
    const session = { sessionId: enrollment.session_id, dirName: crashedDirNameOf(enrollment), pid };
    return { outcome: 'recorded', session };
  } finally {
    await file.handle.close();
  }
}

async function openFirst(options: RecoveryOptions, traces: readonly SessionFile[]) {
  for (const trace of traces) {
    const file = await openTrace(options, trace);
    if (file !== null) return { file, trace };
  }
  return null;
}
