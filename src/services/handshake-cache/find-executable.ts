import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { errorCodeOf } from '../platform/error-code.ts';

/** A program, as execvp(3) gets it. */
export interface ProgramName {
  /** A path where it has a slash, else a name that is looked up in `PATH`. */
  readonly file: string;
  /** Where relative paths begin, also those in `PATH`. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** `errno`: why the file at the path cannot be run; `ENOENT` where there is none. */
export type ExecutableSearch = { readonly path: string } | { readonly path: string; readonly errno: string };

/** What the C library searches where `PATH` is not set. */
const defaultPath = '/bin:/usr/bin';

/** Finds the file that execvp(3) would run. Links are not resolved. Blocking and brief; never throws. */
export function findExecutable({ file, cwd, env }: ProgramName): ExecutableSearch {
  const missing = { path: file, errno: 'ENOENT' };
  if (file === '') return missing;
  if (file.includes('/')) return tryPath(resolve(cwd, file));
  let refused: ExecutableSearch | null = null;
  for (const dir of (env.PATH ?? defaultPath).split(':')) {
    const found = tryPath(resolve(cwd, dir, file));
    if (!('errno' in found)) return found;
    if (found.errno !== 'ENOENT') refused ??= found;
  }
  return refused ?? missing;
}

function tryPath(path: string): ExecutableSearch {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return { path, errno: 'ENOENT' };
    if (stats.isDirectory()) return { path, errno: 'EISDIR' };
    accessSync(path, constants.X_OK);
    return { path };
  } catch (thrown) {
    return { path, errno: errorCodeOf(thrown) };
  }
}
