import { crashedDirNameOf } from '../../../domain/crashed-session.ts';
import { adjudicate } from './adjudicate-session.ts';
import type { RecoveredSession, RecoveryOptions } from './recovery-options.ts';
import { claim, openTrace, readEnrollment, remove, type SessionFile } from './session-file.ts';

/** What became of one session. `passed`: another server has it, or its own server has ended it. */
export type Settlement =
  | { readonly outcome: 'passed' | 'removed' | 'young' | 'alive' }
  | { readonly outcome: 'recorded'; readonly session: RecoveredSession };

/**
 * Continues with a session whose enrollment this server has claimed, from whatever step it or a dead server had reached. The server may
 * die after any step, and each may be done twice; the claim is removed last.
 * @param traces where its trace may be; the first that exists is taken
 */
export async function settleClaim(
  options: RecoveryOptions,
  pid: number,
  traces: readonly SessionFile[],
): Promise<Settlement> {
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
