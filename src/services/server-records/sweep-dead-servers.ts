import { lstatSync, readdirSync, renameSync, unlinkSync } from 'node:fs';
import type { ProcessIdentity, ServerRecord } from '../../domain/server-record.ts';
import type { StateFolder } from '../../domain/state-folder.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { recordFileOf, temporaryFileOf } from './record-files.ts';
import type { ServerRecordReader } from './server-record-reader.ts';

/** A beat takes milliseconds: an unfinished one this old was left by a server that died. */
const unfinishedStaleAfterMs = 60_000;

export interface SweepOptions {
  readonly folder: Pick<StateFolder, 'serversDir' | 'lastServerFile'>;
  readonly reader: ServerRecordReader;
  isAlive(identity: ProcessIdentity): boolean;
}

/**
 * Clears away the records of servers whose process is dead; the newest of them becomes `<state>/last-server.json` if it is
 * newer than what is there. Live servers stay, stuck ones too. Several servers may sweep at once, and twice is safe.
 * @returns the records of the dead
 * @throws AppError `unavailable` when the folder cannot be read, and what the disk throws
 */
export function sweepDeadServers({ folder, reader, isAlive }: SweepOptions): readonly ServerRecord[] {
  const dead = reader.list().records.filter((record) => !isAlive(record.process));
  const newestFirst = [...dead].sort((a, b) => b.beatAtMs - a.beatAtMs);
  const lastBeatAtMs = reader.lastServer()?.beatAtMs ?? 0;
  for (const [index, { serverId, beatAtMs }] of newestFirst.entries()) {
    const file = recordFileOf(folder, serverId);
    const isNewest = index === 0 && beatAtMs >= lastBeatAtMs;
    unlessTaken(() => (isNewest ? renameSync(file, folder.lastServerFile) : unlinkSync(file)));
    unlessTaken(() => unlinkSync(temporaryFileOf(folder, serverId)));
  }
  sweepUnfinished(folder.serversDir);
  return dead;
}

function sweepUnfinished(dir: string): void {
  unlessTaken(() => {
    for (const name of readdirSync(dir)) {
      if (!name.startsWith('.') || !name.endsWith('.tmp')) continue;
      const stats = lstatSync(`${dir}/${name}`, { throwIfNoEntry: false });
      const isStale = stats !== undefined && Date.now() - stats.mtimeMs > unfinishedStaleAfterMs;
      if (isStale) unlessTaken(() => unlinkSync(`${dir}/${name}`));
    }
  });
}

/** Another server that sweeps at the same time may have been first. */
function unlessTaken(act: () => void): void {
  try {
    act();
  } catch (thrown) {
    if (errorCodeOf(thrown) !== 'ENOENT') throw thrown;
  }
}
