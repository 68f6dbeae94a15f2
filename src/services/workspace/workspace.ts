import { realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { AppError } from '../../domain/app-error.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import { cannotWrite } from '../platform/cannot-write.ts';
import { entryKindAt } from '../platform/entry-kind.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { makeFolderSync } from '../platform/make-folder.ts';
import { isWithin, realPathOf } from '../platform/real-path.ts';
import {
  type DisposableFolder,
  type DisposalRules,
  disposableFolderAt,
  mustNotBeEmptied,
} from './disposable-folder.ts';
import { type FindLosses, lossText } from './find-losses.ts';

/** The folders in which tools may work. */
export interface Workspace {
  /**
   * The real path of a folder that a caller names, with links resolved.
   * @param argument the name of the argument, for errors
   * @throws AppError `invalid_input` for a relative path and for anything but a folder, `not_found` if nothing is there, `forbidden`
   * outside the roots
   */
  folder(path: string, argument: string): string;
  /**
   * As `folder`, and makes it and those above it where they are missing.
   * @throws AppError as `folder`; `unavailable`, naming the path, if it cannot be made
   */
  madeFolder(path: string, argument: string): string;
  /** As `folder`, for a regular file. */
  file(path: string, argument: string): string;
  /**
   * As `folder`, for a marked folder whose contents may be deleted because only untracked files are in it.
   * @param keep names of entries that stay, with everything in them
   * @throws AppError as `folder`; `forbidden` as `disposableFolderAt` does, for a folder without the marker, and for one that holds files that
   * git tracks, or a repository; the signal's reason if it is aborted
   */
  disposableFolder(
    path: string,
    argument: string,
    options: { readonly keep: readonly string[]; readonly signal: AbortSignal },
  ): Promise<DisposableFolder>;
}

export interface WorkspaceOptions extends DisposalRules {
  /** The name of the marker: `safety.reset_guard_marker`. */
  readonly marker: string;
  readonly findLosses: FindLosses;
}

export function createWorkspace({ marker, findLosses, ...rules }: WorkspaceOptions): Workspace {
  const { roots } = rules;
  const inRoots = (path: string, argument: string, kind: Kind) => {
    const real = realPathOfKind(path, argument, kind);
    if (roots.some((root) => isWithin(real, realPathOf(root)))) return real;
    throw new AppError(
      'forbidden',
      `${argument} ${real} is outside the folders in which tools may work (${roots.join(', ')}): use one of them, or add it to workspace.roots in the configuration.`,
      { details: { argument, path: real, roots } },
    );
  };
  return {
    folder: (path, argument) => inRoots(path, argument, 'folder'),
    madeFolder(path, argument) {
      if (!isAbsolute(path) || path.includes('\0')) return inRoots(path, argument, 'folder');
      const wanted = resolve(path);
      let existing = wanted;
      while (entryKindAt(existing) === null) existing = dirname(existing);
      const made = join(inRoots(existing, argument, 'folder'), relative(existing, wanted));
      try {
        makeFolderSync(made, 0o777);
      } catch (cause) {
        throw cannotWrite(made, cause);
      }
      // Another process may have put a link there meanwhile.
      return inRoots(made, argument, 'folder');
    },
    file: (path, argument) => inRoots(path, argument, 'file'),
    async disposableFolder(path, argument, { keep, signal }) {
      const folder = disposableFolderAt(realPathOfKind(path, argument, 'folder'), argument, rules);
      if (entryKindAt(`${folder.path}/${marker}`) !== 'file')
        throw mustNotBeEmptied(
          folder.path,
          argument,
          `the file ${marker}, which marks it as safe to empty, is missing; maitred workspace init <dir> makes a marked folder`,
        );
      for await (const loss of findLosses(folder.path, { keep, repositories: 'all', signal }))
        throw mustNotBeEmptied(
          folder.path,
          argument,
          `${lossText(loss, folder.path)}; a person can empty it with maitred workspace reset`,
        );
      return folder;
    },
  };
}

type Kind = 'folder' | 'file';

/**
 * The real path of a folder or a regular file, with links resolved.
 * @throws AppError `invalid_input` for a relative path and for anything else, `not_found` if nothing is there
 */
export function realPathOfKind(path: string, argument: string, kind: Kind): string {
  if (!isAbsolute(path))
    throw new AppError('invalid_input', `${argument} is the relative path ${encodeJson(path)}: make it absolute.`);
  const reject = (code: 'invalid_input' | 'not_found', what: string, cause?: unknown) =>
    new AppError(code, `${argument} ${path} ${what}.`, { details: { argument, path }, cause });
  try {
    const real = realpathSync.native(path);
    const stats = statSync(real);
    if (kind === 'folder' ? stats.isDirectory() : stats.isFile()) return real;
  } catch (cause) {
    const errno = errorCodeOf(cause);
    if (errno === 'ENOENT') throw reject('not_found', `does not exist: create it, or name another ${kind}`, cause);
    const why = errno === 'ERR_INVALID_ARG_VALUE' ? 'contains a NUL character' : `cannot be reached (${errno})`;
    throw reject('invalid_input', `${why}: name another ${kind}`, cause);
  }
  throw reject('invalid_input', `is not a ${kind}: ${kind === 'folder' ? 'name its parent folder' : 'name a file'}`);
}
