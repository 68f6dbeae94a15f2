import { toFault } from '../domain/app-error.ts';
import { endedRunBounds, sessionLogBounds } from '../domain/retention.ts';
import { createJournals } from '../services/journal/journals.ts';
import { readOwnUid } from '../services/platform/own-uid.ts';
import { removeCopiesOfDeadServers } from '../services/state/crash-recovery/remove-files-of-dead-servers.ts';
import { createRetention } from '../services/state/retention/retention.ts';
import { createServerRecordReader } from '../services/state/server-records/server-record-reader.ts';
import { pruneSessionLog } from '../services/state/session-log/prune-session-log.ts';
import type { ServerContext } from './server-context.ts';

/** Removes expired files of the state folder, dead servers' copies of databases, old session logs and ended runs. Never throws: what cannot be removed stays. */
export async function removeExpired({ place, serverId, log }: ServerContext, signal: AbortSignal): Promise<void> {
  const { stateFolder: folder } = place;
  const ownUid = readOwnUid();
  const reader = createServerRecordReader({ folder, ownUid });
  // This one may not have its record in place yet.
  const liveServerIds = () => new Set([...reader.liveServerIds(), serverId]);
  try {
    const retention = createRetention({ folder, ownUid, liveServerIds });
    const plan = retention.plan();
    const { removed, failed } = retention.carryOut(plan);
    const copies = await removeCopiesOfDeadServers({ folder, liveServerIds });
    const isServerAlive = (id: string) => liveServerIds().has(id);
    const sessions = await pruneSessionLog({ folder, serverId, isServerAlive, ...sessionLogBounds, signal });
    const journals = createJournals({ runsDir: folder.runsDir, ownUid, isOwnerAlive: isServerAlive });
    const runs = await journals.removeExpired(endedRunBounds, serverId);
    if (removed.length + copies + sessions + runs > 0)
      log.info('expired_files_removed', { files: removed.length, copies, sessions, runs });
    for (const { path, errno } of failed) log.warning('expired_file_not_removed', { path, errno });
    for (const { path, cause } of plan.unreadable) log.warning('folder_not_cleaned', { path, cause });
  } catch (problem) {
    if (!signal.aborted) log.warning('folder_not_cleaned', { error: toFault(problem).message });
  }
}
