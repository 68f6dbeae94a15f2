import { errorKinds } from '../domain/app-error.ts';
import { cannotWrite } from '../services/platform/cannot-write.ts';
import type { NodeProcess } from './node-process.ts';

/**
 * Handles output that cannot be written. A reader that has left, as in `| head`, has what it wanted. Every other error of stdout is reported on
 * stderr and sets the exit code, even if the work succeeded.
 * @returns sets the exit code after everything has been written
 */
export function watchOutputs(
  nodeProcess: Pick<NodeProcess, 'stdout' | 'stderr' | 'exitCode'>,
): (exitCode: number) => void {
  let isLost = false;
  nodeProcess.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || isLost) return;
    isLost = true;
    nodeProcess.exitCode = errorKinds.unavailable.exitCode;
    nodeProcess.stderr.write(`maitred: ${cannotWrite('stdout', error).message}\n`);
  });
  // An error of stderr cannot be reported anywhere.
  nodeProcess.stderr.on('error', () => undefined);
  return (exitCode) => {
    // A scenario that was not replayed as a whole has failed, whatever the command says.
    if (!isLost) nodeProcess.exitCode = exitCode || (nodeProcess.exitCode ?? 0);
  };
}
