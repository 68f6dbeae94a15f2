import { toFault } from '../domain/app-error.ts';
import { listenForWatchers } from '../services/inspection/listen-for-watchers.ts';
import { socketOf } from '../services/inspection/socket-path.ts';
import type { Door } from './door.ts';
import { loadChunk } from './load-part.ts';

/**
 * Lets those look at the charts who come to the socket of this server. What shows them is loaded for the first one.
 * @returns lets nobody in any more
 */
export function admitWatchers(door: Door): () => void {
  const { place, serverId, host, files } = door;
  const onProblem = (problem: unknown) =>
    door.tell({ type: 'DEGRADED', what: 'inspection', cause: toFault(problem).message });
  try {
    return listenForWatchers({
      path: socketOf(place.stateFolder, serverId),
      platform: host.platform,
      onProblem,
      onWatcher(socket) {
        try {
          const inspection =
            door.inspection ??
            loadChunk<typeof import('./inspection.ts')>(files, 'inspection').startInspection(door, 'watcher');
          inspection.admit(socket);
        } catch (problem) {
          door.earlyLog.log.warning('watcher_not_admitted', { error: toFault(problem).message });
          socket.destroy();
        }
      },
    });
  } catch (problem) {
    onProblem(problem);
    return () => undefined;
  }
}
