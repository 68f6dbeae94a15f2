import { AppError } from '../domain/app-error.ts';
import type { NodeProcess } from './node-process.ts';

/**
 * Where the program was started.
 * @throws AppError `not_found` when the folder has been removed since
 */
export function workingFolderOf(nodeProcess: Pick<NodeProcess, 'cwd'>): string {
  try {
    return nodeProcess.cwd();
  } catch (cause) {
    throw new AppError(
      'not_found',
      'the working folder has been removed: go to a folder that is there, and try again',
      {
        cause,
      },
    );
  }
}
