import type { Background } from '../services/background/background.ts';
import { writeFileAtomically } from '../services/platform/files.ts';
import type { Audit } from '../services/state/audit/audit.ts';
import { createBackgroundJobs } from './background-supervisor.ts';
import type { Door } from './door.ts';
import { followRoot } from './follow-root.ts';
import { redactorFor } from './secrets.ts';

export { build } from './build.ts';

/** Makes the service that does background work and gives it to the door, so that every exit waits for it or cancels it. */
export function createServerBackground(door: Door, audit: Pick<Audit, 'record'>): Background {
  const background = createBackgroundJobs({
    log: door.earlyLog.log,
    redact: redactorFor(door),
    isLeaving: () => door.view.end !== null,
    recordFailure: audit.record,
    writeFileAtomically,
    follow: (name, actor) => followRoot(door, 'background', name, actor),
  });
  door.background = background;
  return background;
}
