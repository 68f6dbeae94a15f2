import { lstatSync } from 'node:fs';
import { AppError } from '../../domain/app-error.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { identityOf } from '../platform/folder-identity.ts';
import { isWithin, realPathOf } from '../platform/real-path.ts';

/** A folder whose contents may be deleted, as it was when it was validated. */
export interface DisposableFolder {
  /** Absolute, without links. */
  readonly path: string;
  /** Differs for another folder at the same path. */
  readonly identity: string;
}

export interface DisposalRules {
  /** The name of the caller's argument, for errors. */
  readonly argument: string;
  /** Paths that the folder may neither be nor contain. */
  readonly kept: readonly string[];
  /** The file that it must contain; null: none. */
  readonly marker: string | null;
}

/** @throws AppError `forbidden`, naming what the folder is or lacks */
export function disposableFolderAt(path: string, { argument, kept, marker }: DisposalRules): DisposableFolder {
  const reject = (why: string) =>
    new AppError('forbidden', `${argument} ${path} must not be emptied: ${why}.`, { details: { argument, path } });
  const keptHere = kept.find((place) => isWithin(realPathOf(place), path));
  if (keptHere !== undefined)
    throw reject(
      realPathOf(keptHere) === path
        ? 'it is a root of the workspace, a home, or a folder that maitred needs; name a folder in it'
        : `it contains ${keptHere}; name a folder in which everything may be deleted`,
    );
  if (homes.test(path)) throw reject('it is a home, or contains homes; name a folder in it');
  if (path === '/') throw reject('it is the root of the system');
  if (path.split('/').includes('.git')) throw reject('it belongs to the history of a git repository');
  if (isRepository(path))
    throw reject('it is a git repository or a worktree; remove it with git worktree remove, or by hand');
  if (marker !== null && kindOf(`${path}/${marker}`) !== 'file')
    throw reject(
      `the file ${marker}, which marks it as safe to empty, is missing; maitred workspace init <dir> makes a marked folder`,
    );
  return { path, identity: identityOf(lstatSync(path, { bigint: true })) };
}

const homes = /^\/(root|(home|Users)(\/[^/]+)?)$/;

/** A clone, a worktree or a bare repository. */
function isRepository(path: string): boolean {
  const isBare = () => ['objects', 'refs'].every((name) => kindOf(`${path}/${name}`) === 'folder');
  return kindOf(`${path}/.git`) !== null || (kindOf(`${path}/HEAD`) !== null && isBare());
}

/** What is there, without following links; null: nothing. */
function kindOf(path: string): 'file' | 'folder' | 'other' | null {
  try {
    const stats = lstatSync(path);
    return stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other';
  } catch (cause) {
    const errno = errorCodeOf(cause);
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return null;
    const fix = 'give this user access to the folder';
    throw new AppError('unavailable', `${path} cannot be read (${errno}): ${fix}.`, { cause });
  }
}
