import { mkdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCodeOf, falseIfTaken } from './error-code.ts';

const folderMode = 0o700;

/**
 * Makes a folder and those above it, unless the name is taken. Node's own recursive mkdir reports a read-only disk as ENOENT. Throws
 * Node's own errors.
 */
export async function makeFolder(path: string): Promise<void> {
  const make = () => mkdir(path, { mode: folderMode }).catch(falseIfTaken);
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
    falseIfTaken(thrown);
  }
}
