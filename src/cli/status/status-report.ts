import type { ProcessIdentity, ServerRecord } from '../../domain/server-record.ts';
import type { StateFolder } from '../../domain/state-folder.ts';
import type { ServerRecordReader } from '../../services/state/server-records/server-record-reader.ts';
import { type ServerView, viewServer } from './server-view.ts';

export interface StatusReport {
  readonly stateDir: string;
  readonly logFile: string;
  /** In order of start: those that are up or stuck, and those that died without a policy. */
  readonly servers: readonly ServerView[];
  /** The server whose start was the last of those that are gone. */
  readonly lastServer: ServerView | null;
  /** Files that are no records of ours, and were not read. */
  readonly leftOut: number;
}

export interface StatusSources {
  readonly folder: StateFolder;
  readonly reader: ServerRecordReader;
  readonly nowMs: number;
  isAlive(identity: ProcessIdentity): boolean;
}

/** Asks what the servers on a state folder say of themselves. Writes nothing. */
export function reportStatus({ folder, reader, nowMs, isAlive }: StatusSources): StatusReport {
  const { records, leftOut } = reader.list();
  const servers = records.map((record) => viewServer(record, { isAlive: isAlive(record.process), nowMs }));
  const left = reader.lastServer();
  const gone: ServerRecord[] = servers.filter(({ health }) => health === 'dead').map(({ record }) => record);
  const [last] = [...gone, ...(left === null ? [] : [left])].sort((a, b) => b.startedAtMs - a.startedAtMs);
  return {
    stateDir: folder.dir,
    logFile: folder.serverLogFile,
    servers,
    lastServer: last === undefined ? null : viewServer(last, { isAlive: false, nowMs }),
    leftOut,
  };
}
