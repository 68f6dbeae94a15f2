import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { serverRecordSchema } from '../../domain/server-record.schema.ts';
import type { ServerRecord } from '../../domain/server-record.ts';
import { errorCodeOf } from '../platform/error-code.ts';

const maxBytes = 1_048_576;

/** `gone`: nothing has the name any more; `left`: something has it that is not to be trusted, and it was left alone. */
export type RecordReading = ServerRecord | 'gone' | 'left';

/**
 * Reads a record only if it is a regular file of our own user that nobody else may read or write, no link, and at most 1 MiB.
 * Never throws, never waits for a pipe's other end.
 */
export function readRecordFile(path: string, ownUid: number | null): RecordReading {
  let fd: number | null = null;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = fstatSync(fd);
    const isOurs = stats.isFile() && (stats.mode & 0o077) === 0 && (ownUid === null || stats.uid === ownUid);
    if (!isOurs || stats.size > maxBytes) return 'left';
    const parsed = serverRecordSchema.safeParse(JSON.parse(readFileSync(fd, 'utf8')));
    return parsed.success ? parsed.data : 'left';
  } catch (thrown) {
    return errorCodeOf(thrown) === 'ENOENT' ? 'gone' : 'left';
  } finally {
    if (fd !== null) closeSync(fd);
  }
}
