import { serverRecordSchema } from '../../../domain/server-record.schema.ts';
import type { ServerRecord } from '../../../domain/server-record.ts';
import type { StateFolder } from '../../../domain/state-folder.ts';
import { errorCodeOf } from '../../platform/error-code.ts';
import { readOwnFile } from '../../platform/read-regular-file.ts';

export function recordFileOf({ serversDir }: Pick<StateFolder, 'serversDir'>, serverId: string): string {
  return `${serversDir}/${serverId}.json`;
}

/** `gone`: nothing has the name any more. `left`: the file is not trusted and was left alone. */
export type RecordReading = ServerRecord | 'gone' | 'left';

const maxBytes = 1_048_576;

/**
 * Reads a record only if it is a regular file of our own user that nobody else may read or write, not through a link, and at most 1 MiB.
 * Never throws.
 */
export function readRecordFile(path: string, ownUid: number | null): RecordReading {
  try {
    const bytes = readOwnFile(path, ownUid, maxBytes);
    const parsed = serverRecordSchema.safeParse(JSON.parse(bytes?.toString() ?? 'null'));
    return parsed.success ? parsed.data : 'left';
  } catch (thrown) {
    return errorCodeOf(thrown) === 'ENOENT' ? 'gone' : 'left';
  }
}
