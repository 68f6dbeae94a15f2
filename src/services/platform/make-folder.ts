import { mkdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCodeOf } from './error-code.ts';
import { falseWhereTaken } from './false-where-taken.ts';

const folderMode = 0o700;

/**
 * Makes a folder with those above it, unless the name is taken. The recursion of Node's own mkdir takes a read-only disk for a folder that
 * is missing. Throws Node's own errors.
 */
export async function makeFolder(path: string): Promise<void> {
  const make = () => mkdir(path, { mode: folderMode }).catch(falseWhereTaken);
  try {
    await make();
  } catch (thrown) {
    if (errorCodeOf(thrown) !== 'ENOENT' || path === dirname(path)) throw thrown;
    await makeFolder(dirname(path));
    await make();
  }
}

/** The same, blocking. */
export function makeFolderSync(path: string, mode = folderMode): void {
  try {
    makeOneFolderSync(path, mode);
  } catch (thrown) {
    if (errorCodeOf(thrown) !== 'ENOENT' || path === dirname(path)) throw thrown;
    makeFolderSync(dirname(path), mode);
    makeOneFolderSync(path, mode);
  }
}

function makeOneFolderSync(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode });
  } catch (thrown) {
    falseWhereTaken(thrown);
  }
}
