import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCodeOf, falseIfTaken } from './error-code.ts';

/**
 * Makes a folder and those above it, unless the name is taken. Node's own recursive mkdir reports a read-only disk as ENOENT, and never returns where no folder can be made (`/proc/none/one`). Blocking
 * and brief. Throws Node's own errors.
 */
export function makeFolderSync(path: string, mode = 0o700): void {
  const make = () => {
    try {
      mkdirSync(path, { mode });
    } catch (thrown) {
      falseIfTaken(thrown);
    }
  };
  try {
    make();
  } catch (thrown) {
    if (errorCodeOf(thrown) !== 'ENOENT' || path === dirname(path)) throw thrown;
    makeFolderSync(dirname(path), mode);
    make();
  }
}
