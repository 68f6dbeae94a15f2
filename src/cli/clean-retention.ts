import { platform } from 'node:os';
import type { StateFolder } from '../domain/state-folder.ts';
import { readOwnUid } from '../services/platform/own-uid.ts';
import { isSameProcessAlive } from '../services/platform/process-identity.ts';
import { createRetention, type Retention } from '../services/retention/retention.ts';
import { createServerRecordReader } from '../services/server-records/server-record-reader.ts';

/** Where leftovers in memory may lie; null: nowhere. */
export const defaultTmpfsDir = platform() === 'linux' ? '/dev/shm' : null;

/** The retention of a state folder, seen from outside of every server. */
export function retentionOf(folder: StateFolder, tmpfsDir: string | null): Retention {
  const ownUid = readOwnUid();
  const reader = createServerRecordReader({ folder, ownUid });
  return createRetention({
    folder,
    tmpfsDir,
    ownUid,
    liveServerIds() {
      const live = reader.list().records.filter((record) => isSameProcessAlive(record.process));
      return new Set(live.map(({ serverId }) => serverId));
    },
  });
}
