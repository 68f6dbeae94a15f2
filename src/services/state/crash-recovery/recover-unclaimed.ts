import { AppError } from '../../../domain/app-error.ts';
import { claim, pathOf } from './claim.ts';
import { judge } from './judge.ts';
import { openTrace, readEnrollment } from './read-remains.ts';
import type { RecoveryOptions } from './recovery-options.ts';
import type { Remain } from './remain.ts';
import { type Settlement, settleClaim } from './settle-claim.ts';

/** Claims and settles the session that a trace tells of, if it has crashed or is not of this boot or its pid. */
export async function recoverUnclaimed(
  options: RecoveryOptions,
  trace: Remain,
  wasEnrolled: boolean,
): Promise<Settlement> {
  const enrollment: Remain = { ...trace, kind: 'enrollment' };
  const verdict = await judgeFiles(options, trace, enrollment);
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

async function judgeFiles(options: RecoveryOptions, trace: Remain, enrollment: Remain) {
  const { ownUid } = options;
  const file = await openTrace(pathOf(options, trace), ownUid);
  if (file === null) return 'gone';
  try {
    // What a session has only begun to write is not looked at.
    if ((await judge(options, null, file)) === 'young') return 'young';
    return await judge(options, await readEnrollment(pathOf(options, enrollment), trace.pid, ownUid), file);
  } finally {
    await file.handle.close();
  }
}
