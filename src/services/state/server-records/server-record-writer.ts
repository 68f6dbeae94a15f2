import { closeSync, constants, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { Redactor } from '../../../domain/redact.ts';
import type { ServerRecord } from '../../../domain/server-record.ts';
import type { StateFolder } from '../../../domain/state-folder.ts';
import { cannotWriteState } from '../../platform/cannot-write.ts';
import { errorCodeOf } from '../../platform/error-code.ts';
import { removeQuietly } from '../../platform/remove-quietly.ts';
import { recordFileOf, temporaryFileOf } from './record-files.ts';
import { withoutSecrets } from './without-secrets.ts';

export interface ServerRecordWriterOptions {
  readonly folder: Pick<StateFolder, 'serversDir' | 'lastServerFile'>;
  readonly redact: Pick<Redactor, 'text'>;
}

/** Writes the heartbeats of one server. Blocking and brief; does not sync to the disk, since the next heartbeat comes soon. */
export interface ServerRecordWriter {
  /**
   * Writes the record to `<state>/servers/<server id>.json`, whole or not at all.
   * @throws AppError `unavailable`, naming the path; the old record stays
   */
  write(record: ServerRecord): void;
  /**
   * Writes the final record and moves it to `<state>/last-server.json`: one step removes the heartbeat and keeps the phases of this
   * start. Where the disk is full, the record of the last heartbeat is moved instead. Twice is safe.
   * @throws AppError `unavailable`, naming the path
   */
  retire(record: ServerRecord): void;
}

export function createServerRecordWriter({ folder, redact }: ServerRecordWriterOptions): ServerRecordWriter {
  const write = (record: ServerRecord): void => {
    const temporary = temporaryFileOf(folder, record.serverId);
    try {
      mkdirSync(folder.serversDir, { recursive: true, mode: 0o700 });
      writeNewFile(temporary, `${JSON.stringify(withoutSecrets(record, redact))}\n`);
      renameSync(temporary, recordFileOf(folder, record.serverId));
    } catch (thrown) {
      removeQuietly(temporary);
      throw cannotWriteState(recordFileOf(folder, record.serverId), thrown);
    }
  };

  return {
    write,
    retire(record) {
      const file = recordFileOf(folder, record.serverId);
      try {
        write(record);
      } finally {
        move(file, folder.lastServerFile);
      }
    },
  };
}

function writeNewFile(path: string, text: string): void {
  rmSync(path, { force: true });
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const fd = openSync(path, flags, 0o600);
  try {
    const bytes = Buffer.from(text);
    let written = 0;
    while (written < bytes.length) written += writeSync(fd, bytes, written);
  } finally {
    closeSync(fd);
  }
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (thrown) {
    if (errorCodeOf(thrown) !== 'ENOENT') throw cannotWriteState(to, thrown);
  }
}
