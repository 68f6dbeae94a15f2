import { existsSync } from 'node:fs';
import { AppError } from '../../domain/app-error.ts';
import { cannotStart } from '../platform/process/cannot-start.ts';
import { findExecutable, type ProgramName } from './find-executable.ts';

/**
 * Finds the program of a command before it is started, as execvp(3) finds it. Blocking and brief; never throws.
 * @returns its path, links not resolved; or an AppError with the fix: `not_found` where the program or the working folder does not exist,
 * `invalid_input` for a folder, an empty name and one with a NUL character, `process_failed` for a file that this user may not run
 */
export function resolveExecutable(program: ProgramName): { readonly path: string } | { readonly fault: AppError } {
  const { file, cwd } = program;
  if (file === '' || file.includes('\0')) return { fault: cannotStart(program, 'ERR_INVALID_ARG_VALUE') };
  if (!existsSync(cwd)) return { fault: cannotStart(program, 'ENOENT') };
  const found = findExecutable(program);
  return 'errno' in found ? { fault: explain(program, found) } : found;
}

function explain({ file, cwd }: ProgramName, { path, errno }: { readonly path: string; readonly errno: string }) {
  const details = { file, cwd, path, errno };
  switch (errno) {
    case 'EISDIR':
      return new AppError('invalid_input', `${path} is a folder: give the path of the program in it.`, { details });
    case 'EACCES':
      return new AppError(
        'process_failed',
        `${path} is not executable for this user: run \`chmod +x ${path}\`, or put its interpreter before it, such as node or python.`,
        { details },
      );
    default:
      return cannotStart({ file, cwd }, errno);
  }
}
