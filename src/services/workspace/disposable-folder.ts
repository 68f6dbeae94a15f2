import { lstatSync } from 'node:fs';
import { AppError } from '../../domain/app-error.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { identityOf } from '../platform/folder-identity.ts';
import { isWithin, realPathOf } from '../platform/real-path.ts';

/** A folder whose contents may be deleted, as it was when that was found. */
export interface DisposableFolder {
  /** Absolute, without links. */
  readonly path: string;
  /** Which folder it is: another one at the same path has another. */
  readonly identity: string;
}

export interface DisposalRules {
  /** What the folder is to its caller, for errors. */
  readonly argument: string;
  /** What the folder may neither be nor hold. */
  readonly kept: readonly string[];
  /** The file that must lie in it; null: none. */
  readonly marker: string | null;
}

/** @throws AppError `forbidden`, saying what the folder is or lacks */
export function disposableFolderAt(path: string, { argument, kept, marker }: DisposalRules): DisposableFolder {
  const refuse = (why: string) =>
    new AppError('forbidden', `${argument} ${path} is not deleted from: ${why}.`, { details: { argument, path } });
  const keptHere = kept.find((place) => isWithin(realPathOf(place), path));
  if (keptHere !== undefined)
    throw refuse(
      realPathOf(keptHere) === path
        ? 'it is a root of the workspace, a home, or a folder that maitred works by; name a folder in it'
        : `it holds ${keptHere}; name a folder that holds nothing but what may go`,
    );
  if (homes.test(path)) throw refuse('it is a home, or holds homes; name a folder in it');
  if (path === '/') throw refuse('it is the root of the system');
  if (path.split('/').includes('.git')) throw refuse('it belongs to the repository that keeps its history there');
  if (isRepository(path))
    throw refuse('it is a git repository or a worktree; git worktree remove, or you, can remove it');
  if (marker !== null && kindOf(`${path}/${marker}`) !== 'file')
    throw refuse(
      `the file ${marker}, which says that it may be emptied, is missing; maitred workspace init <dir> makes a folder that has it`,
    );
  return { path, identity: identityOf(lstatSync(path, { bigint: true })) };
}

const homes = /^\/(root|(home|Users)(\/[^/]+)?)$/;

/** A clone or a worktree, or a repository without one. */
function isRepository(path: string): boolean {
  if (kindOf(`${path}/.git`) !== null) return true;
  return (
    kindOf(`${path}/HEAD`) !== null && kindOf(`${path}/objects`) === 'folder' && kindOf(`${path}/refs`) === 'folder'
  );
}

/** What is there, links not followed; null: nothing. */
function kindOf(path: string): 'file' | 'folder' | 'other' | null {
  try {
    const stats = lstatSync(path);
    return stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other';
  } catch (cause) {
    const errno = errorCodeOf(cause);
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return null;
    throw new AppError('unavailable', `${path} cannot be looked at (${errno}): let this user into the folder.`, {
      cause,
    });
  }
}
