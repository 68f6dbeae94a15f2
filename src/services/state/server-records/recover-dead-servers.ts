import { mkdirSync, readdirSync, renameSync, rmdirSync, unlinkSync } from 'node:fs';
import { basename } from 'node:path';
import type { ProcessIdentity, ServerRecord } from '../../../domain/server-record.ts';
import type { StateFolder } from '../../../domain/state-folder.ts';
import { errorCodeOf } from '../../platform/error-code.ts';
import { readRecordFile } from './read-record-file.ts';
import { recordFileOf } from './record-files.ts';
import type { ServerRecordReader } from './server-record-reader.ts';

/** A server that died without leaving, and what was found of it. */
export interface RecoveredServer {
  readonly record: ServerRecord;
  /** Processes that outlived it and have been ended now. */
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
  isAlive(identity: ProcessIdentity): boolean;
  /** Called before the first claim: who claims must be known to be alive. */
  recordServer(): void;
  /** Ends every process that bears the mark of a server. */
  endProcessesOf(record: ServerRecord): Promise<Omit<RecoveredServer, 'record'>>;
  readonly signal: AbortSignal;
}

/**
 * Settles what servers left that died without leaving: their processes are ended, and their records cleared away; the newest
 * becomes `<state>/last-server.json` if it is newer than what is there. Each is claimed by renaming its record, so that of several
 * servers that start at once one settles it; what a server had claimed that died on it is claimed again. Live servers stay, stuck
 * ones too.
 * @throws the signal's reason between two of them, AppError `unavailable` when the folder cannot be read, and, once the others are
 * settled, what `endProcessesOf` threw first; what was claimed stays claimed, and the next attempt goes on with it
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
    unlessGone(() => (isNewest ? renameSync(file, folder.lastServerFile) : unlinkSync(file)));
  }
  removeIfEmpty(`${folder.recoveringDir}/${options.serverId}`);
  if (failures.length > 0) throw failures[0];
  return recovered;
}

interface Claim {
  readonly file: string;
  readonly record: ServerRecord;
}

function claim({ folder, reader, ownUid, serverId, isAlive, recordServer }: RecoverDeadServersOptions): Claim[] {
  // In this order: who recovers has its record in place before its folder.
  const recovering = namesIn(folder.recoveringDir);
  const { records } = reader.list();
  const live = new Set(records.filter((record) => isAlive(record.process)).map((record) => record.serverId)).add(
    serverId,
  );
  const abandoned = recovering.filter((id) => !live.has(id)).map((id) => `${folder.recoveringDir}/${id}`);
  const left = [
    ...records.filter((record) => !live.has(record.serverId)).map((record) => recordFileOf(folder, record.serverId)),
    ...abandoned.flatMap((dir) => recordsIn(dir, ownUid).map(({ file }) => file)),
  ];
  const ownDir = `${folder.recoveringDir}/${serverId}`;
  if (left.length > 0) {
    recordServer();
    mkdirSync(ownDir, { recursive: true, mode: 0o700 });
  }
  for (const file of left) unlessGone(() => renameSync(file, `${ownDir}/${basename(file)}`));
  for (const dir of abandoned) removeIfEmpty(dir);
  // Also what an earlier attempt of this server has claimed and not settled.
  return recordsIn(ownDir, ownUid);
}

function recordsIn(dir: string, ownUid: number | null): Claim[] {
  return namesIn(dir).flatMap((name) => {
    const record = readRecordFile(`${dir}/${name}`, ownUid);
    return typeof record === 'string' ? [] : [{ file: `${dir}/${name}`, record }];
  });
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch (thrown) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCodeOf(thrown))) return [];
    throw thrown;
  }
}

/** Another server that recovers at the same time may have been first. */
function unlessGone(act: () => void): void {
  try {
    act();
  } catch (thrown) {
    if (errorCodeOf(thrown) !== 'ENOENT') throw thrown;
  }
}

function removeIfEmpty(dir: string): void {
  try {
    rmdirSync(dir);
  } catch (thrown) {
    if (!['ENOENT', 'ENOTEMPTY', 'ENOTDIR'].includes(errorCodeOf(thrown))) throw thrown;
  }
}
