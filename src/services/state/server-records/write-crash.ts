import type { Fault } from '../../../domain/app-error.ts';
import { encodeJson } from '../../../domain/encode-json.ts';
import type { Redactor } from '../../../domain/redact.ts';
import type { ServerRecord } from '../../../domain/server-record.ts';
import type { StateFolder } from '../../../domain/state-folder.ts';
import { writeFileAtomicallySync } from '../../platform/files.ts';
import { withoutSecrets } from './server-record-writer.ts';

export interface Crash {
  readonly serverId: string;
  readonly version: string;
  readonly fault: Fault;
  readonly stack: string | null;
  /** The last transitions of the charts, oldest first. */
  readonly transitions: readonly unknown[];
  /** The last record of the server; null when it crashed before it made one. */
  readonly record: ServerRecord | null;
  readonly atMs: number;
}

/**
 * Writes a crash to `<state>/crashes/<time>-<server id>.json`, redacted and synced to the disk, and blocks until it is written.
 * @returns the path of the file
 * @throws AppError `unavailable`, naming the path
 */
export function writeCrash(
  crash: Crash,
  { folder, redact }: { readonly folder: Pick<StateFolder, 'crashesDir'>; readonly redact: Redactor },
): string {
  const time = new Date(crash.atMs).toISOString();
  const path = `${folder.crashesDir}/${time.replaceAll(':', '-')}-${crash.serverId}.json`;
  const { atMs, record, ...rest } = crash;
  const redacted = {
    time,
    ...(redact.value(rest) as object),
    record: record === null ? null : withoutSecrets(record, redact),
  };
  writeFileAtomicallySync(path, `${encodeJson(redacted, 2)}\n`);
  return path;
}
