import { type Dirent, readdirSync } from 'node:fs';
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
export const namesIn = (dir: string, fix?: string): readonly string[] => read(dir, () => readdirSync(dir), fix);

/** The same, with the kind of each. */
export const entriesIn = (dir: string): readonly Dirent[] => read(dir, () => readdirSync(dir, { withFileTypes: true }));

function read<Entry>(
  dir: string,
  list: () => Entry[],
  fix = 'see that it is a folder this user may read',
): readonly Entry[] {
  try {
    return unlessMissingSync(list) ?? [];
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
