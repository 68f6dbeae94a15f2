import { lstatSync } from 'node:fs';
import { AppError } from '../../domain/app-error.ts';
import { identityOf } from '../platform/folder-identity.ts';
import { readOwnUid } from '../platform/own-uid.ts';
import { isWithin, realPathOf } from '../platform/real-path.ts';

/** A folder whose contents may be deleted, as it was when it was validated. */
export interface DisposableFolder {
  /** Absolute, without links. */
  readonly path: string;
  /** Differs for another folder at the same path. */
  readonly identity: string;
}

/** Which folders may be emptied, whoever asks. All paths are absolute. */
export interface DisposalRules {
  /** The folder must be in one of these. */
  readonly roots: readonly string[];
  /** As a root it counts only below `maitred-*`, a folder in it that belongs to this user alone: others share it, and everybody works in it. */
  readonly tempDir: string;
  /** Like a root, each of these may neither be emptied nor be in a folder that is. */
  readonly kept: readonly string[];
}

/**
 * Says nothing about what is in the folder.
 * @param path absolute, without links
 * @param argument its name, for errors
 * @throws AppError `forbidden`, naming what the folder is
 */
export function disposableFolderAt(path: string, argument: string, rules: DisposalRules): DisposableFolder {
  const { roots, tempDir, kept } = rules;
  const temp = realPathOf(tempDir);
  const isInRoot = (root: string) => (root === temp ? isInPrivateFolder(path, temp) : isWithin(path, root));
  const neverEmptied = [...roots, ...kept].find((place) => isWithin(realPathOf(place), path));
  if (neverEmptied !== undefined)
    throw mustNotBeEmptied(
      path,
      argument,
      realPathOf(neverEmptied) === path
        ? 'it is a root of the workspace, a home, or a folder that maitred needs; name a folder in it'
        : `it contains ${neverEmptied}; name a folder in which everything may be deleted`,
    );
  if (homes.test(path)) throw mustNotBeEmptied(path, argument, 'it is a home, or contains homes; name a folder in it');
  if (path === '/') throw mustNotBeEmptied(path, argument, 'it is the root of the system');
  if (path.split('/').includes('.git'))
    throw mustNotBeEmptied(path, argument, 'it belongs to the history of a git repository');
  if (!roots.some((root) => isInRoot(realPathOf(root)))) {
    const others = roots.filter((root) => realPathOf(root) !== temp);
    const places = `${others.join(', ')}${others.length === roots.length ? '' : `, and folders in ${temp}/maitred-* that have mode 0700 and belong to this user`}`;
    throw mustNotBeEmptied(
      path,
      argument,
      `it is outside the folders in which maitred may delete (${places}); use one of them, or add it to workspace.roots in the configuration`,
    );
  }
  return { path, identity: identityOf(lstatSync(path, { bigint: true })) };
}

export const mustNotBeEmptied = (path: string, argument: string, why: string): AppError =>
  new AppError('forbidden', `${argument} ${path} must not be emptied: ${why}.`, { details: { argument, path } });

const homes = /^\/(root|(home|Users)(\/[^/]+)?)$/;

const onlyOwner = 0o700;

/** @param path without links, so that the private folder is not one either */
function isInPrivateFolder(path: string, temp: string): boolean {
  if (!isWithin(path, temp)) return false;
  const [name = '', ...below] = path.slice(temp.length + 1).split('/');
  if (!name.startsWith('maitred-') || below.length === 0) return false;
  const { mode, uid } = lstatSync(`${temp}/${name}`);
  return (mode & 0o777) === onlyOwner && uid === (readOwnUid() ?? uid);
}
