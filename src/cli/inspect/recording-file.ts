import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError, isAppError } from '../../domain/app-error.ts';
import { mostRecordingBytes } from '../../domain/inspection.ts';
import { parseJsonObject } from '../../domain/json-object.ts';
import { errorCodeOf } from '../../services/platform/error-code.ts';

/** Longer than the first line of any recording. */
const headBytes = 4_096;
export const recordingFormatVersion = 1;

/**
 * The absolute path of a recording. Checks only its first line; the page reads the rest.
 * @throws AppError `not_found` or `unavailable` if the file cannot be read, `invalid_input` if it is not a recording of this version
 */
export function findRecording(cwd: string, file: string): string {
  const path = resolve(cwd, file);
  const [line = ''] = readHead(path).split('\n', 1);
  const header = parseJsonObject(line);
  if (header?.type !== 'maitred.recording')
    throw new AppError('invalid_input', `${path} is not a recording: choose a file that the inspector saved`);
  if (header.formatVersion !== recordingFormatVersion)
    throw new AppError('invalid_input', `${path} was saved by another version of maitred: open it with that one`);
  return path;
}

function readHead(path: string): string {
  let fd: number | null = null;
  try {
    // Opening a pipe must not block.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(fd);
    if (!stats.isFile()) return '';
    if (stats.size > mostRecordingBytes) throw new AppError('invalid_input', `${path} is too large to be a recording`);
    const bytes = Buffer.alloc(headBytes);
    return bytes.toString('utf8', 0, readSync(fd, bytes));
  } catch (cause) {
    if (isAppError(cause)) throw cause;
    const code = errorCodeOf(cause);
    const fix = 'check the path; the browser saves recordings in its download folder';
    if (code === 'ENOENT') throw new AppError('not_found', `${path} does not exist: ${fix}`, { cause });
    throw new AppError('unavailable', `${path} cannot be read (${code}): allow this user to read it`, { cause });
  } finally {
    if (fd !== null) closeSync(fd);
  }
}
