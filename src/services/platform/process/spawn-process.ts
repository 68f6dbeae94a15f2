import { spawn } from 'node:child_process';
import type { ProcessExit, ProcessSpec } from '../../../domain/child-process.ts';
import { cannotStart } from './cannot-start.ts';

export interface SpawnOptions extends Pick<ProcessSpec, 'file' | 'args' | 'cwd' | 'env'> {
  /** Open files, to which the program and all that it starts write. */
  readonly stdoutFd: number;
  readonly stderrFd: number;
}

export interface SpawnedProcess {
  readonly pid: number;
  /** Settles when the program itself has ended, even while other processes hold its output open. Never rejects. */
  readonly exited: Promise<ProcessExit>;
}

/**
 * Starts a program in a session and group of its own, without input. It inherits the given environment and only the descriptors of
 * its output; Node cannot close what the client left open above 15. `onSpawned` is called in the same turn of the event loop as the
 * start, so that a caller that kills everything in that turn does not miss the program.
 * @throws AppError `not_found` for a program or folder that does not exist, `unavailable` when the machine takes no more processes,
 * `invalid_input` for arguments that the system refuses, `process_failed` for every other cause
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
