import { lstatSync } from 'node:fs';
import { AppError } from '../../domain/app-error.ts';
import { errorCodeOf } from './error-code.ts';

/**
 * What is at a path, without following links; null: nothing.
 * @throws AppError `unavailable` if that cannot be seen
 */
export function entryKindAt(path: string): 'file' | 'folder' | 'other' | null {
  try {
    const stats = lstatSync(path);
    return stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other';
  } catch (cause) {
    const errno = errorCodeOf(cause);
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return null;
    const fix = 'give this user access to the folder';
    throw new AppError('unavailable', `${path} cannot be read (${errno}): ${fix}.`, { cause });
  }
}
