import { errorKinds } from '../domain/app-error.ts';
import { cannotWrite } from '../services/platform/cannot-write.ts';
import type { NodeProcess } from './node-process.ts';

/**
 * Keeps the program whole when its output cannot be written. A reader that has left, as in `| head`, has what it wanted; whatever else
 * stands in the way of stdout is said on stderr and decides the exit code, also of work that is done.
 * @returns what sets the exit code when everything has been written
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
  // There is nobody left to tell.
  nodeProcess.stderr.on('error', () => undefined);
  return (exitCode) => {
    if (!isLost) nodeProcess.exitCode = exitCode;
  };
}
