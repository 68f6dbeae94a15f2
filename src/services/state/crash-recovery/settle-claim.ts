import { crashedDirNameOf } from '../../../domain/crashed-session.ts';
import { claim, pathOf, remove } from './claim.ts';
import { judge } from './judge.ts';
import type { OwnFile } from './open-own-file.ts';
import { openTrace, readEnrollment } from './read-remains.ts';
import type { RecoveredSession, RecoveryOptions } from './recovery-options.ts';
import type { Remain } from './remain.ts';

/** What became of one session; `passed` where another server has it, or its own has ended it. */
export type Settlement =
  | { readonly outcome: 'passed' | 'removed' | 'young' | 'alive' }
  | { readonly outcome: 'recorded'; readonly session: RecoveredSession };

/**
 * Goes on with a session whose enrollment this server has claimed, from whatever point it or a dead server had reached. Every
 * step may be the last one and may be done twice; the claim goes when all else is done.
 * @param traces where its trace may be; the first that is there is taken
 */
export async function settleClaim(
  options: RecoveryOptions,
  pid: number,
  traces: readonly Remain[],
): Promise<Settlement> {
  const { serverId, ownUid, sessionLog, signal } = options;
  const claimed: Remain = { kind: 'enrollment', pid, owner: serverId };
  const ownTrace: Remain = { ...claimed, kind: 'trace' };
  const enrollment = await readEnrollment(pathOf(options, claimed), pid, ownUid);
  if (enrollment === null) return { outcome: 'passed' };
  const found = await openFirst(options, [...traces, ownTrace]);
  if (found === null) {
    // Recorded before its trace was removed, or ended by its own server after all.
    await remove(options, claimed);
    return { outcome: 'passed' };
  }
  const { file, remain } = found;
  try {
    const verdict = await judge(options, enrollment, file);
    if (verdict === 'young' || verdict === 'alive') return { outcome: verdict };
    if (!(await claim(options, remain))) return { outcome: 'passed' };
    if (verdict === 'crashed') {
      await sessionLog.record({ enrollment, trace: file.handle, traceMtimeMs: file.mtimeMs }, signal);
    }
    await remove(options, ownTrace);
    await remove(options, claimed);
    if (verdict !== 'crashed') return { outcome: 'removed' };
    const session = { sessionId: enrollment.session_id, dirName: crashedDirNameOf(enrollment), pid };
    return { outcome: 'recorded', session };
  } finally {
    await file.handle.close();
  }
}

async function openFirst(
  options: RecoveryOptions,
  traces: readonly Remain[],
): Promise<{ readonly file: OwnFile; readonly remain: Remain } | null> {
  for (const remain of traces) {
    const file = await openTrace(pathOf(options, remain), options.ownUid);
    if (file !== null) return { file, remain };
  }
  return null;
}
