import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { ProcessExit, ProcessSpec } from '../../../domain/child-process.ts';
import { cannotStart } from './cannot-start.ts';

export interface SpawnOptions extends Pick<ProcessSpec, 'file' | 'args' | 'cwd' | 'env'> {
  /** Open files, to which the program and all that it starts write, while its input is empty; or a pipe for each of its streams. */
  readonly stdio: { readonly stdoutFd: number; readonly stderrFd: number } | 'pipes';
}

/** The other ends of the streams of a program. Their errors are not thrown: the program's exit reports its end. */
export interface ProcessPipes {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
}

export interface SpawnedProcess {
  readonly pid: number;
  /** Settles when the program itself has ended, even while other processes hold its output open. Never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** null where it writes to files. */
  readonly pipes: ProcessPipes | null;
}

/**
 * Starts a program in a session and group of its own. It inherits the given environment and only the descriptors of
 * its streams; Node cannot close what the client left open above 15. `onSpawned` is called in the same turn of the event loop as the
 * start, so that a caller that kills everything in that turn does not miss the program.
 * @throws AppError `not_found` for a program or folder that does not exist, `unavailable` when the machine takes no more processes,
 * `invalid_input` for arguments that the system refuses, `process_failed` for every other cause
 */
export async function spawnProcess(options: SpawnOptions, onSpawned: (program: SpawnedProcess) => void): Promise<void> {
  const { file, args, cwd, env, stdio } = options;
  try {
    const child = spawn(file, [...args], {
      cwd,
      env,
      detached: true,
      stdio: stdio === 'pipes' ? 'pipe' : ['ignore', stdio.stdoutFd, stdio.stderrFd],
    });
    const exited = new Promise<ProcessExit>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    if (child.pid !== undefined) onSpawned({ pid: child.pid, exited, pipes: pipesOf(child) });
    await new Promise((resolve, reject) => {
      child.once('spawn', resolve);
      // The listener stays: an `error` after the start means that a signal could not be sent; `endOwned` sees that itself.
      child.on('error', reject);
    });
  } catch (thrown) {
    throw cannotStart(options, thrown);
  }
}

function pipesOf({ stdin, stdout, stderr }: ChildProcess): ProcessPipes | null {
  if (stdin === null || stdout === null || stderr === null) return null;
  for (const stream of [stdin, stdout, stderr]) stream.on('error', () => undefined);
  return { stdin, stdout, stderr };
}
