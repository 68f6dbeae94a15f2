import { existsSync } from 'node:fs';
import { AppError, type ErrorCode } from '../../../domain/app-error.ts';
import { encodeJson } from '../../../domain/encode-json.ts';
import { errorCodeOf } from '../error-code.ts';

/** The error for a program that could not be started: what is wrong, and the fix. */
export function cannotStart({ file, cwd }: { readonly file: string; readonly cwd: string }, cause: unknown): AppError {
  const errno = errorCodeOf(cause);
  const [code, message] = explain(file, cwd, errno);
  return new AppError(code, message, { details: { file, cwd, errno }, cause });
}

function explain(file: string, cwd: string, errno: string): readonly [ErrorCode, string] {
  switch (errno) {
    case 'ENOENT':
      return existsSync(cwd)
        ? [
            'not_found',
            `${file} does not exist: ${file.includes('/') ? 'check the path' : 'install it, or put its folder into PATH'}.`,
          ]
        : ['not_found', `${cwd}, the folder to run ${file} in, does not exist: create it, or name another folder.`];
    case 'E2BIG':
      return [
        'invalid_input',
        `The arguments of ${file} are too long for the system: write them to a file and pass its path.`,
      ];
    case 'ERR_INVALID_ARG_VALUE':
      return [
        'invalid_input',
        `The name, an argument, the folder or a variable for ${encodeJson(file)} is empty or holds a NUL character: leave that out.`,
      ];
    case 'EAGAIN':
    case 'ENOMEM':
    case 'EMFILE':
    case 'ENFILE':
      return [
        'unavailable',
        `${file} cannot be started (${errno}): the machine takes no more; end something and call again.`,
      ];
    default:
      return [
        'process_failed',
        `${file} cannot be started (${errno}): see that it is a program which this user may run.`,
      ];
  }
}
