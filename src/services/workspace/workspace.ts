import { realpathSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { AppError } from '../../domain/app-error.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { isWithin, realPathOf } from '../platform/real-path.ts';
import { type DisposableFolder, disposableFolderAt } from './disposable-folder.ts';

/** The folders in which tools may work. */
export interface Workspace {
  /**
   * The real path of a folder that a caller names, with links resolved.
   * @param argument the name of the argument, for errors
   * @throws AppError `invalid_input` for a relative path and for anything but a folder, `not_found` if nothing is there, `forbidden`
   * outside the roots
   */
  folder(path: string, argument: string): string;
  /** As `folder`, for a regular file. */
  file(path: string, argument: string): string;
  /**
   * As `folder`, for a folder whose contents may be deleted.
   * @param marking whether the folder must contain the marker file
   * @throws AppError as `folder`; `forbidden` for a root, a home and `/`, for a folder that contains one of them or the project, for a
   * repository and everything in its `.git`, and for a folder without the marker
   */
  disposableFolder(path: string, argument: string, marking: 'marked' | 'any'): DisposableFolder;
}

export interface WorkspaceOptions {
  /** The folders in which tools may work: absolute paths. */
  readonly roots: readonly string[];
  /** Folders that must not be deleted, nor any folder that contains them: absolute paths. */
  readonly kept: readonly string[];
  /** The name of the marker: `safety.reset_guard_marker`. */
  readonly marker: string;
}

export function createWorkspace({ roots, kept, marker }: WorkspaceOptions): Workspace {
  const inRoots = (path: string, argument: string, kind: Kind) => {
    const shown = JSON.stringify(path);
    if (!isAbsolute(path))
      throw new AppError('invalid_input', `${argument} is the relative path ${shown}: make it absolute.`);
    const real = resolvePath(path, argument, kind);
    if (roots.some((root) => isWithin(real, realPathOf(root)))) return real;
    throw new AppError(
      'forbidden',
      `${argument} ${real} is outside the folders in which tools may work (${roots.join(', ')}): use one of them, or add it to workspace.roots in the configuration.`,
      { details: { argument, path: real, roots } },
    );
  };
  return {
    folder: (path, argument) => inRoots(path, argument, 'folder'),
    file: (path, argument) => inRoots(path, argument, 'file'),
    disposableFolder: (path, argument, marking) =>
      disposableFolderAt(inRoots(path, argument, 'folder'), {
        argument,
        kept: [...roots, ...kept],
        marker: marking === 'marked' ? marker : null,
      }),
  };
}

type Kind = 'folder' | 'file';

function resolvePath(path: string, argument: string, kind: Kind): string {
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
