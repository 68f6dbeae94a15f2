import { AppError } from '../../domain/app-error.ts';
import { errorCodeOf } from './error-code.ts';

/**
 * What a failed write is to a caller: the path, the system's name for the cause, and the mend.
 * @param otherwise another way out, as the end of the sentence
 */
export function cannotWrite(path: string, cause: unknown, otherwise?: string): AppError {
  const errno = errorCodeOf(cause);
  const mend = mends[errno] ?? 'see that its folder is there and this user may write to it';
  const message = `${path} cannot be written (${errno}): ${mend}${otherwise === undefined ? '' : `, ${otherwise}`}.`;
  return new AppError('unavailable', message, { details: { path, errno }, cause });
}

/** The same for what lies in the state folder, which can lie elsewhere. */
export const cannotWriteState = (path: string, cause: unknown): AppError =>
  cannotWrite(path, cause, 'or set MAITRED_STATE_DIR to another folder');

const mends: Readonly<Record<string, string>> = {
  ENOSPC: 'make room on the disk',
  EDQUOT: 'make room in the quota of this user',
  EFBIG: 'raise the limit on the size of files (ulimit -f)',
  EROFS: 'choose a place that is not mounted read-only',
  EEXIST: 'a file stands where a folder must be, move that away',
  EISDIR: 'a folder has its name, move that away',
  ENOTDIR: 'a file stands where a folder must be, move that away',
  EMFILE: 'too many files are open, end other calls or raise the limit (ulimit -n)',
  ENFILE: 'too many files are open on this machine, end something',
};
