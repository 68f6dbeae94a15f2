import { readdirSync } from 'node:fs';
import { AppError } from '../../domain/app-error.ts';
import { errorCodeOf } from './error-code.ts';

/** The result; null on ENOENT. Rethrows everything else. */
export const unlessMissing = <Result>(result: Promise<Result>): Promise<Result | null> => result.catch(nullIfMissing);

/** The same, blocking. */
export function unlessMissingSync<Result>(act: () => Result): Result | null {
  try {
    return act();
  } catch (thrown) {
    return nullIfMissing(thrown);
  }
}

/**
 * The names in a folder. A folder that does not exist is empty.
 * @param fix what the reader of the error can do
 * @throws AppError `unavailable`, naming the folder
 */
export function namesIn(dir: string, fix = 'see that it is a folder this user may read'): readonly string[] {
  try {
    return unlessMissingSync(() => readdirSync(dir)) ?? [];
  } catch (cause) {
    throw new AppError('unavailable', `${dir} cannot be read (${errorCodeOf(cause)}): ${fix}`, {
      details: { path: dir },
      cause,
    });
  }
}

function nullIfMissing(thrown: unknown): null {
  if (errorCodeOf(thrown) === 'ENOENT') return null;
  throw thrown;
}
