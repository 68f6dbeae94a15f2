import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError, isAppError } from '../../domain/app-error.ts';
import { mostRecordingBytes } from '../../domain/inspection.ts';
import { errorCodeOf } from '../../services/platform/error-code.ts';

/** More than the first line of any recording. */
const headBytes = 4_096;
const formatVersion = 1;

/**
 * The absolute path of a recording, when its first line says that it is one. What follows is read by the inspector.
 * @throws AppError `not_found` or `unavailable` when the file cannot be read, `invalid_input` when it is something else
 */
export function findRecording(cwd: string, file: string): string {
  const path = resolve(cwd, file);
  const header = readHeader(path);
  if (header?.type !== 'maitred.recording')
    throw new AppError('invalid_input', `${path} is no recording: the inspector saves them, with Save`);
  if (header.formatVersion !== formatVersion)
    throw new AppError('invalid_input', `${path} was saved by another version of maitred: open it with that one`);
  return path;
}

function readHeader(path: string): { readonly type?: unknown; readonly formatVersion?: unknown } | null {
  const [line = ''] = readHead(path).split('\n', 1);
  try {
    return JSON.parse(line) as object | null;
  } catch {
    // Whatever else it is: no recording.
    return null;
  }
}

function readHead(path: string): string {
  let fd: number | null = null;
  try {
    // A pipe is not waited for.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(fd);
    if (!stats.isFile()) return '';
    if (stats.size > mostRecordingBytes)
      throw new AppError('invalid_input', `${path} is larger than any recording that the inspector saves`);
    const bytes = Buffer.alloc(headBytes);
    return bytes.toString('utf8', 0, readSync(fd, bytes));
  } catch (cause) {
    if (isAppError(cause)) throw cause;
    const code = errorCodeOf(cause);
    if (code === 'ENOENT')
      throw new AppError(
        'not_found',
        `there is no file ${path}; the inspector saves recordings where the browser puts downloads`,
        {
          cause,
        },
      );
    throw new AppError('unavailable', `${path} cannot be read (${code}): see that this user may read it`, { cause });
  } finally {
    if (fd !== null) closeSync(fd);
  }
}
