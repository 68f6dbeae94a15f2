import { existsSync } from 'node:fs';
import { AppError } from '../../../domain/app-error.ts';
import { errorCodeOf } from '../error-code.ts';

/** The error for a program that could not be started: what is wrong, and the fix. */
export function cannotStart({ file, cwd }: { readonly file: string; readonly cwd: string }, cause: unknown): AppError {
  const errno = errorCodeOf(cause);
  const options = { details: { file, cwd, errno }, cause };
  switch (errno) {
    case 'ENOENT':
      return existsSync(cwd)
        ? new AppError('not_found', `${file} does not exist: install it, or put its folder into PATH.`, options)
        : new AppError(
            'not_found',
            `${cwd}, to run ${file} in, does not exist: create it, or name another folder.`,
            options,
          );
    case 'E2BIG':
      return new AppError(
        'invalid_input',
        `The arguments of ${file} are too long for the system: write them to a file and pass its path.`,
        options,
      );
    case 'ERR_INVALID_ARG_VALUE':
      return new AppError(
        'invalid_input',
        `The name, an argument, the folder or a variable for ${JSON.stringify(file)} is empty or holds a NUL character: leave that out.`,
        options,
      );
    case 'EAGAIN':
    case 'ENOMEM':
    case 'EMFILE':
    case 'ENFILE':
      return new AppError(
        'unavailable',
        `${file} cannot be started (${errno}): the machine takes no more; end something and call again.`,
        options,
      );
    default:
      return new AppError(
        'process_failed',
        `${file} cannot be started (${errno}): see that it is a program which this user may run.`,
        options,
      );
  }
}
