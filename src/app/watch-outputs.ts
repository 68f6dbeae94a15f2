import { errorKinds } from '../domain/app-error.ts';
import { cannotWrite } from '../services/platform/cannot-write.ts';
import type { Host } from './host.ts';

/**
 * Keeps the program whole when its output cannot be written. A reader that has left, as in `| head`, has what it wanted; whatever else
 * stands in the way of stdout is said on stderr and decides the exit code, also of work that is done.
 * @returns what sets the exit code when everything has been written
 */
export function watchOutputs(host: Pick<Host, 'stdout' | 'stderr' | 'exitCode'>): (exitCode: number) => void {
  let isLost = false;
  host.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || isLost) return;
    isLost = true;
    host.exitCode = errorKinds.unavailable.exitCode;
    host.stderr.write(`maitred: ${cannotWrite('stdout', error).message}\n`);
  });
  // There is nobody left to tell.
  host.stderr.on('error', () => undefined);
  return (exitCode) => {
    if (!isLost) host.exitCode = exitCode;
  };
}
