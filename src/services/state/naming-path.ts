import { isAppError } from '../../domain/app-error.ts';
import { cannotWriteState } from '../platform/cannot-write.ts';

/** Runs work on a path of the state folder. Errors of the disk become an AppError that names the path, unless the signal is aborted. */
export async function namingPath<Result>(
  path: string,
  signal: AbortSignal,
  act: () => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  try {
    return await act();
  } catch (thrown) {
    signal.throwIfAborted();
    if (isAppError(thrown)) throw thrown;
    throw cannotWriteState(path, thrown);
  }
}
