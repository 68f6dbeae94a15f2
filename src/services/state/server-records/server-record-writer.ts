import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { encodeJson } from '../../../domain/encode-json.ts';
import type { Redactor } from '../../../domain/redact.ts';
import type { ServerRecord, WrappedCommand } from '../../../domain/server-record.ts';
import type { StateFolder } from '../../../domain/state-folder.ts';
import { cannotWriteState } from '../../platform/cannot-write.ts';
import { makeFolderSync } from '../../platform/make-folder.ts';
import { removeQuietly } from '../../platform/remove-quietly.ts';
import { unlessMissingSync } from '../../platform/unless-missing.ts';
import { recordFileOf } from './record-file.ts';

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
    const file = recordFileOf(folder, record.serverId);
    // Always the same for a server, so that one that dies while it writes leaves at most one.
    const temporary = `${folder.serversDir}/.${record.serverId}.tmp`;
    try {
      makeFolderSync(folder.serversDir);
      rmSync(temporary, { force: true });
      writeFileSync(temporary, `${encodeJson(withoutSecrets(record, redact))}\n`, { flag: 'wx', mode: 0o600 });
      renameSync(temporary, file);
    } catch (thrown) {
      removeQuietly(temporary);
      throw cannotWriteState(file, thrown);
    }
  };

  return {
    write,
    retire(record) {
      try {
        write(record);
      } finally {
        move(recordFileOf(folder, record.serverId), folder.lastServerFile);
      }
    },
  };
}

function move(from: string, to: string): void {
  try {
    unlessMissingSync(() => renameSync(from, to));
  } catch (thrown) {
    throw cannotWriteState(to, thrown);
  }
}

/** Redacts the causes, the names of the client and the recipe, and the wrapped command, the only fields with text from other programs and people. */
export function withoutSecrets(record: ServerRecord, redact: Pick<Redactor, 'text'>): ServerRecord {
  const { clientName, wrapped, recipeRun, scenario } = record;
  const tasks = Object.entries(record.tasks).map(([name, task]) => {
    return [name, { ...task, cause: task.cause === null ? null : redact.text(task.cause) }] as const;
  });
  const degraded = record.degraded.map(({ what, cause }) => ({ what, cause: redact.text(cause) }));
  return {
    ...record,
    tasks: Object.fromEntries(tasks),
    degraded,
    ...(clientName && { clientName: redact.text(clientName) }),
    ...(scenario && { scenario: { ...scenario, dir: redact.text(scenario.dir) } }),
    ...(recipeRun?.recipe && { recipeRun: { ...recipeRun, recipe: redact.text(recipeRun.recipe) } }),
    ...(wrapped && { wrapped: wrappedWithoutSecrets(wrapped, redact) }),
  };
}

function wrappedWithoutSecrets(wrapped: WrappedCommand, { text }: Pick<Redactor, 'text'>): WrappedCommand {
  const { name, command, cause, stderrTail, lastFailure } = wrapped;
  return {
    ...wrapped,
    name: text(name),
    command: text(command),
    cause: cause === null ? null : text(cause),
    stderrTail: text(stderrTail),
    lastFailure: lastFailure && { ...lastFailure, cause: text(lastFailure.cause), output: text(lastFailure.output) },
  };
}
