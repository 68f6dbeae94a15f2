import { lstatSync, renameSync, rmdirSync, unlinkSync } from 'node:fs';
import { basename } from 'node:path';
import type { ServerRecord } from '../../../domain/server-record.ts';
import type { StateFolder } from '../../../domain/state-folder.ts';
import { errorCodeOf } from '../../platform/error-code.ts';
import { makeFolderSync } from '../../platform/make-folder.ts';
import { namesIn, unlessMissingSync } from '../../platform/unless-missing.ts';
import { readRecordFile, recordFileOf } from '../server-records/record-file.ts';
import { isServerAlive, type ServerRecordReader } from '../server-records/server-record-reader.ts';

/** A server that died without a shutdown, and what was done about it. */
export interface RecoveredServer {
  readonly record: ServerRecord;
  /** Processes that outlived it and were ended now. */
  readonly processesEnded: number;
  /** Processes that could not be ended. */
  readonly survivors: number;
}

export interface RecoverDeadServersOptions {
  readonly folder: Pick<StateFolder, 'serversDir' | 'recoveringDir' | 'lastServerFile'>;
  readonly reader: ServerRecordReader;
  readonly ownUid: number | null;
  /** Of the server that recovers. */
  readonly serverId: string;
  /** Called before the first claim: other servers must see that the claimer is alive. */
  ensureServerRecord(): void;
  /** Ends every process that bears the mark of the server. */
  endProcessesOf(record: ServerRecord): Promise<Omit<RecoveredServer, 'record'>>;
  readonly signal: AbortSignal;
}

/**
 * Settles servers that died without a shutdown: ends their processes and removes their records, of which the newest replaces
 * `<state>/last-server.json` if that is older. A server is claimed by renaming its record, so that only one of several servers that
 * start at once settles it; claims of a server that died meanwhile are claimed again. Live servers are left alone, also stuck ones, and
 * those of another pid namespace until their heartbeat is old.
 * @throws the signal's reason between two servers; AppError `unavailable` when the folder cannot be read; once the others are settled,
 * the first error of `endProcessesOf`. What was claimed stays claimed, and the next attempt continues with it
 */
export async function recoverDeadServers(options: RecoverDeadServersOptions): Promise<readonly RecoveredServer[]> {
  const { folder, reader, signal } = options;
  const recovered: RecoveredServer[] = [];
  const failures: unknown[] = [];
  for (const { file, record } of claim(options)) {
    signal.throwIfAborted();
    try {
      recovered.push({ record, ...(await options.endProcessesOf(record)) });
    } catch (thrown) {
      failures.push(thrown);
      continue;
    }
    const isNewest = record.heartbeatAtMs >= (reader.lastServer()?.heartbeatAtMs ?? 0);
    unlessMissingSync(() => (isNewest ? renameSync(file, folder.lastServerFile) : unlinkSync(file)));
  }
  removeIfEmpty(`${folder.recoveringDir}/${options.serverId}`);
  if (failures.length > 0) throw failures[0];
  return recovered;
}

interface Claim {
  readonly file: string;
  readonly record: ServerRecord;
}

function claim({ folder, reader, ownUid, serverId, ensureServerRecord }: RecoverDeadServersOptions): Claim[] {
  // In this order: a server that recovers has its record in place before its folder.
  const recovering = namesIn(folder.recoveringDir);
  const { records } = reader.list();
  const live = new Set([serverId, ...records.filter(isServerAlive).map((record) => record.serverId)]);
  const abandoned = recovering
    .filter((id) => !live.has(id))
    .map((id) => `${folder.recoveringDir}/${id}`)
    .filter((dir) => lstatSync(dir, { throwIfNoEntry: false })?.isDirectory());
  const unclaimed = [
    ...records.filter((record) => !live.has(record.serverId)).map((record) => recordFileOf(folder, record.serverId)),
    ...abandoned.flatMap((dir) => recordsIn(dir, ownUid).map(({ file }) => file)),
  ];
  const ownDir = `${folder.recoveringDir}/${serverId}`;
  if (unclaimed.length > 0) {
    ensureServerRecord();
    makeFolderSync(ownDir);
  }
  for (const file of unclaimed) unlessMissingSync(() => renameSync(file, `${ownDir}/${basename(file)}`));
  for (const dir of abandoned) removeIfEmpty(dir);
  // Also what an earlier attempt of this server claimed and did not settle.
  return recordsIn(ownDir, ownUid);
}

function recordsIn(dir: string, ownUid: number | null): Claim[] {
  return namesIn(dir).flatMap((name) => {
    const record = readRecordFile(`${dir}/${name}`, ownUid);
    return typeof record === 'string' ? [] : [{ file: `${dir}/${name}`, record }];
  });
}

function removeIfEmpty(dir: string): void {
  try {
    rmdirSync(dir);
  } catch (thrown) {
    if (!['ENOENT', 'ENOTEMPTY', 'ENOTDIR'].includes(errorCodeOf(thrown))) throw thrown;
  }
}
