import { AppError } from '../../domain/app-error.ts';
import { errorCodeOf } from './error-code.ts';

/**
 * The error for a failed write: the path, the system's name for the cause, and the fix.
 * @param alternative another fix, as the end of the sentence
 */
export function cannotWrite(path: string, cause: unknown, alternative?: string): AppError {
  const errno = errorCodeOf(cause);
  const fix = fixes[errno] ?? 'see that its folder exists and this user may write to it';
  const message = `${path} cannot be written (${errno}): ${fix}${alternative === undefined ? '' : `, ${alternative}`}.`;
  return new AppError('unavailable', message, { details: { path, errno }, cause });
}

/** The same for a path in the state folder, which can be another folder. */
export const cannotWriteState = (path: string, cause: unknown): AppError =>
  cannotWrite(
    path,
    cause,
    errorCodeOf(cause) === 'ENOSPC'
      ? '`maitred status --clean` lists what maitred can remove, or set MAITRED_STATE_DIR to a folder on another disk'
      : 'or set MAITRED_STATE_DIR to another folder',
  );

const fixes: Readonly<Record<string, string>> = {
  ENOSPC: 'make room on the disk',
  EDQUOT: 'make room in the quota of this user',
  EFBIG: 'raise the limit on the size of files (ulimit -f)',
  EROFS: 'choose a place that is not mounted read-only',
  EEXIST: 'a file is where a folder must be, move that away',
  EISDIR: 'a folder has its name, move that away',
  ENOTDIR: 'a file is where a folder must be, move that away',
  EMFILE: 'too many files are open, end other calls or raise the limit (ulimit -n)',
  ENFILE: 'too many files are open on this machine, end something',
};
