import type { ProcessIdentity, ServerRecord } from '../../domain/server-record.ts';
import type { StateFolder } from '../../domain/state-folder.ts';
import type { ServerRecordReader } from '../../services/state/server-records/server-record-reader.ts';
import { type ServerView, viewServer } from './server-view.ts';

export interface StatusReport {
  readonly stateDir: string;
  readonly logFile: string;
  /** In order of start: those that are up or stuck, and those that died without shutting down. */
  readonly servers: readonly ServerView[];
  /** Of the servers that are gone, the one that started last. */
  readonly lastServer: ServerView | null;
  /** The number of files that are not records of this user, and were not read. */
  readonly leftOut: number;
}

export interface StatusSources {
  readonly folder: StateFolder;
  readonly reader: ServerRecordReader;
  readonly nowMs: number;
  isAlive(identity: ProcessIdentity): boolean;
}

/** Reads the records of the servers in a state folder. Writes nothing. */
export function reportStatus({ folder, reader, nowMs, isAlive }: StatusSources): StatusReport {
  const { records, leftOut } = reader.list();
  const servers = records.map((record) => viewServer(record, { isAlive: isAlive(record.process), nowMs }));
  const last = reader.lastServer();
  const gone: ServerRecord[] = servers.filter(({ health }) => health === 'dead').map(({ record }) => record);
  const [newest] = [...gone, ...(last === null ? [] : [last])].sort((a, b) => b.startedAtMs - a.startedAtMs);
  return {
    stateDir: folder.dir,
    logFile: folder.serverLogFile,
    servers,
    lastServer: newest === undefined ? null : viewServer(newest, { isAlive: false, nowMs }),
    leftOut,
  };
}
