import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { AppError } from '../../../domain/app-error.ts';
import type { ProcessExit } from '../../../domain/child-process.ts';
import { errorCodeOf } from '../error-code.ts';

export interface SpawnOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Open files, to which the program and all that it starts write. */
  readonly stdoutFd: number;
  readonly stderrFd: number;
}

export interface SpawnedProcess {
  readonly pid: number;
  /** Settles when the program has ended, also while others still hold its output open. Never rejects. */
  readonly exited: Promise<ProcessExit>;
}

/**
 * Starts a program in a session and group of its own, without input. It inherits the environment that is given and no descriptor
 * but those of its output; what the client left open above 15 is out of Node's reach. `onSpawned` is called before this returns:
 * whoever kills everything in the same turn of the event loop does not miss it.
 * @throws AppError `not_found` for a program or folder that is not there, `unavailable` when the machine takes no more processes,
 * `invalid_input` for arguments that the system refuses, `process_failed` for what else is in the way
 */
export async function spawnProcess(options: SpawnOptions, onSpawned: (program: SpawnedProcess) => void): Promise<void> {
  const { file, args, cwd, env, stdoutFd, stderrFd } = options;
  try {
    const child = spawn(file, [...args], { cwd, env, detached: true, stdio: ['ignore', stdoutFd, stderrFd] });
    const exited = new Promise<ProcessExit>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    if (child.pid !== undefined) onSpawned({ pid: child.pid, exited });
    await new Promise((resolve, reject) => {
      child.once('spawn', resolve);
      // The listener stays: an `error` after the start means that a signal could not be sent; `endOwned` sees that itself.
      child.on('error', reject);
    });
  } catch (thrown) {
    throw cannotStart(options, thrown);
  }
}

function cannotStart({ file, cwd }: SpawnOptions, cause: unknown): AppError {
  const errno = errorCodeOf(cause);
  const options = { details: { file, cwd, errno }, cause };
  switch (errno) {
    case 'ENOENT':
      return existsSync(cwd)
        ? new AppError('not_found', `${file} is not there: install it, or put its folder into PATH.`, options)
        : new AppError(
            'not_found',
            `${cwd}, to run ${file} in, is not there: create it, or name another folder.`,
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
      return new AppError('process_failed', `${file} cannot be started (${errno}).`, options);
  }
}
