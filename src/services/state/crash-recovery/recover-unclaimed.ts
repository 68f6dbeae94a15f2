import { AppError } from '../../../domain/app-error.ts';
import { adjudicate } from './adjudicate-session.ts';
import { claim, pathOf } from './claim-session-file.ts';
import { openTrace, readEnrollment } from './read-session-file.ts';
import type { RecoveryOptions } from './recovery-options.ts';
import type { SessionFile } from './session-file.ts';
import { type Settlement, settleClaim } from './settle-claim.ts';

/** Claims and settles the session of a trace, if it crashed, ran before this boot, or its pid belonged to another program. */
export async function recoverUnclaimed(
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
  const { ownUid } = options;
  const file = await openTrace(pathOf(options, trace), ownUid);
  if (file === null) return 'gone';
  try {
    // The enrollment of a young session may not be complete yet.
    if ((await adjudicate(options, null, file)) === 'young') return 'young';
    return await adjudicate(options, await readEnrollment(pathOf(options, enrollment), trace.pid, ownUid), file);
  } finally {
    await file.handle.close();
  }
}
