import { spawn } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../../../domain/app-error.ts';
import type { ProcessExit } from '../../../domain/child-process.ts';
import { errorCodeOf } from '../error-code.ts';

export interface SpawnOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** New files, mode 0600, to which the program and all that it starts append. */
  readonly stdoutFile: string;
  readonly stderrFile: string;
}

export interface SpawnedProcess {
  readonly pid: number;
  /** Settles when the program has ended, also while others still hold its output open. Never rejects. */
  readonly exited: Promise<ProcessExit>;
}

/**
 * Starts a program in a session and group of its own, without input, its output in files. Nothing of the server's is inherited but
 * the environment that is given.
 * @throws AppError `not_found` for a program that is not there, `unavailable` for files that cannot be made or a machine that
 * takes no more processes, `invalid_input` for arguments that the system refuses
 */
export async function spawnProcess(options: SpawnOptions): Promise<SpawnedProcess> {
  const { file, args, cwd, env, stdoutFile, stderrFile } = options;
  const stdout = openNew(stdoutFile);
  let stderr: number | null = null;
  try {
    stderr = openNew(stderrFile);
    const child = spawn(file, [...args], { cwd, env: { ...env }, detached: true, stdio: ['ignore', stdout, stderr] });
    const exited = new Promise<ProcessExit>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    await new Promise((resolve, reject) => {
      child.once('spawn', resolve);
      // Stays: an error after the start is one of a signal that could not be sent, and who ends processes looks for himself.
      child.on('error', reject);
    });
    return { pid: child.pid ?? 0, exited };
  } catch (thrown) {
    throw cannotStart(file, thrown);
  } finally {
    closeSync(stdout);
    if (stderr !== null) closeSync(stderr);
  }
}

function openNew(path: string): number {
  const { O_WRONLY, O_CREAT, O_EXCL, O_APPEND } = constants;
  const open = () => openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND, 0o600);
  try {
    return open();
  } catch (thrown) {
    if (errorCodeOf(thrown) !== 'ENOENT') throw cannotMake(path, thrown);
  }
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return open();
  } catch (thrown) {
    throw cannotMake(path, thrown);
  }
}

function cannotMake(path: string, cause: unknown): AppError {
  const mend = 'make room or make its folder writable, or set MAITRED_STATE_DIR to another folder';
  return new AppError('unavailable', `${path} cannot be written (${errorCodeOf(cause)}): ${mend}`, {
    details: { path },
    cause,
  });
}

function cannotStart(file: string, cause: unknown): unknown {
  if (cause instanceof AppError) return cause;
  const errno = errorCodeOf(cause);
  const options = { details: { file, errno }, cause };
  switch (errno) {
    case 'ENOENT':
      return new AppError('not_found', `${file} is not there: install it, or put its folder into PATH.`, options);
    case 'E2BIG':
      return new AppError(
        'invalid_input',
        'The arguments are too long for the system: write them to a file and pass its path.',
        options,
      );
    case 'EAGAIN':
    case 'ENOMEM':
    case 'EMFILE':
      return new AppError(
        'unavailable',
        `${file} cannot be started (${errno}): the machine takes no more; end something and call again.`,
        options,
      );
    default:
      return new AppError('process_failed', `${file} cannot be started (${errno}).`, options);
  }
}
