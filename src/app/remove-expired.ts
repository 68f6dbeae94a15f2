import { toFault } from '../domain/app-error.ts';
import { readOwnUid } from '../services/platform/own-uid.ts';
import { isSameProcessAlive } from '../services/platform/process-identity.ts';
import { createRetention } from '../services/retention/retention.ts';
import { createServerRecordReader } from '../services/server-records/server-record-reader.ts';
import type { Door } from './door.ts';

/** Removes what has lain in the state folder for longer than it is kept; what cannot be removed only stays. */
export function removeExpired({ place, serverId, earlyLog: { log } }: Door, tmpfsDir: string): void {
  const { stateFolder: folder } = place;
  const ownUid = readOwnUid();
  const reader = createServerRecordReader({ folder, ownUid });
  const liveServerIds = () => {
    const live = reader.list().records.filter((record) => isSameProcessAlive(record.process));
    return new Set(live.map((record) => record.serverId)).add(serverId);
  };
  try {
    const retention = createRetention({ folder, tmpfsDir, ownUid, liveServerIds });
    const { items, unreadable } = retention.plan();
    const { removed, failed } = retention.carryOut({ items, unreadable });
    if (removed.length > 0) log.info('expired_files_removed', { files: removed.length });
    for (const { path, errno } of failed) log.warning('expired_file_not_removed', { path, errno });
    for (const { path, cause } of unreadable) log.warning('folder_not_tidied', { path, cause });
  } catch (problem) {
    log.warning('folder_not_tidied', { error: toFault(problem).message });
  }
}
