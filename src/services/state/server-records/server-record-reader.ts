import type { ServerRecord } from '../../../domain/server-record.ts';
import type { StateFolder } from '../../../domain/state-folder.ts';
import { isSameProcessAlive } from '../../platform/process-identity.ts';
import { namesIn } from '../../platform/unless-missing.ts';
import { readRecordFile, recordFileOf } from './record-file.ts';

export interface ServerRecordReaderOptions {
  readonly folder: Pick<StateFolder, 'serversDir' | 'lastServerFile'>;
  /** null where the system has no user numbers. */
  readonly ownUid: number | null;
}

/** Whether the server's process runs, also if it is stuck. */
export const isServerAlive = (record: ServerRecord): boolean =>
  isSameProcessAlive(record.process, record.heartbeatAtMs);

export interface ServerListing {
  /** In order of start. */
  readonly records: readonly ServerRecord[];
  /** Files that are not records of ours. They are left alone. */
  readonly leftOut: number;
}

/** Reads server records. Writes nothing; a folder that does not exist is empty. */
export interface ServerRecordReader {
  /** @throws AppError `unavailable` when the folder cannot be read */
  list(): ServerListing;
  /** Ids of the servers whose process runs, also of stuck ones. @throws AppError `unavailable` when the folder cannot be read */
  liveServerIds(): ReadonlySet<string>;
  /** The server that shut down last; null when none has, or when its file is not trusted. */
  lastServer(): ServerRecord | null;
}

export function createServerRecordReader({ folder, ownUid }: ServerRecordReaderOptions): ServerRecordReader {
  const list = () => {
    const records: ServerRecord[] = [];
    let leftOut = 0;
    for (const name of namesIn(folder.serversDir)) {
      if (name.startsWith('.') && name.endsWith('.tmp')) continue;
      const reading = readRecordFile(`${folder.serversDir}/${name}`, ownUid);
      if (reading === 'gone') continue;
      const isNamedByItsId = reading !== 'left' && recordFileOf(folder, reading.serverId).endsWith(`/${name}`);
      if (isNamedByItsId) records.push(reading);
      else leftOut += 1;
    }
    return { records: records.sort((a, b) => a.startedAtMs - b.startedAtMs), leftOut };
  };
  return {
    list,
    liveServerIds() {
      const live = list().records.filter(isServerAlive);
      return new Set(live.map(({ serverId }) => serverId));
    },
    lastServer() {
      const reading = readRecordFile(folder.lastServerFile, ownUid);
      return typeof reading === 'string' ? null : reading;
    },
  };
}
