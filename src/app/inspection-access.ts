import { toFault } from '../domain/app-error.ts';
import type { Host, InspectionAccess } from './host.ts';
import type { Inspection } from './inspection.ts';

export function createInspectionAccess(getHost: () => Host): InspectionAccess {
  /** null while nobody watches and nothing is recorded. */
  let inspection: Inspection | null = null;
  const start = (since: 'greeting' | 'watcher') => {
    const host = getHost();
    const { startInspection } = host.context.files.load<typeof import('./work.ts')>('work');
    inspection = startInspection(host, since, () => {
      inspection = null;
    });
    return inspection;
  };
  return {
    record() {
      try {
        start('greeting');
      } catch (problem) {
        getHost().send({ type: 'DEGRADED', what: 'inspection', cause: toFault(problem).message });
      }
    },
    admit: (watcher) => (inspection ?? start('watcher')).admit(watcher),
    log: (line) => inspection?.log(line),
    leave: () => inspection?.leave(),
  };
}
