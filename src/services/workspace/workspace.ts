import { realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, sep } from 'node:path';
import { AppError } from '../../domain/app-error.ts';
import { errorCodeOf } from '../platform/error-code.ts';

/** The folders in which tools may work. */
export interface Workspace {
  /**
   * The real path of a folder that a caller names, links resolved.
   * @param argument the name of the argument, for errors
   * @throws AppError `invalid_input` for a relative path and for what is no folder, `not_found` where nothing is, `forbidden`
   * outside of the roots
   */
  folder(path: string, argument: string): string;
  /** The same for a file. @throws the same, `invalid_input` for what is no regular file */
  file(path: string, argument: string): string;
}

export interface WorkspaceOptions {
  /** `workspace.roots`; empty: the standard roots. */
  readonly roots: readonly string[];
  readonly projectDir: string;
  readonly homeDir: string;
  /** The system's folder for temporary files. */
  readonly tempDir: string;
}

export function createWorkspace({ roots, projectDir, homeDir, tempDir }: WorkspaceOptions): Workspace {
  const around = dirname(projectDir);
  const standard = [projectDir, `${around}/worktrees`, `${around}/maitred-runs`, tempDir];
  const named = roots.length === 0 ? standard : roots.map((root) => root.replace(/^~(?=\/|$)/, homeDir));

  const inRoots = (path: string, argument: string, kind: Kind) => {
    if (!isAbsolute(path))
      throw new AppError(
        'invalid_input',
        `${argument} is the relative path ${JSON.stringify(path)}: make it absolute.`,
      );
    const real = resolvePath(path, argument, kind);
    if (named.some((root) => isWithin(real, realRoot(root)))) return real;
    throw new AppError(
      'forbidden',
      `${argument} ${real} lies outside of the folders in which tools may work (${named.join(', ')}): work in one of them, or add it to workspace.roots in the configuration.`,
      { details: { argument, path: real, roots: named } },
    );
  };

  return {
    folder: (path, argument) => inRoots(path, argument, 'folder'),
    file: (path, argument) => inRoots(path, argument, 'file'),
  };
}

type Kind = 'folder' | 'file';

/** A root that is not there yet holds nothing. */
function realRoot(root: string): string {
  try {
    return realpathSync.native(root);
  } catch {
    return root;
  }
}

function resolvePath(path: string, argument: string, kind: Kind): string {
  const details = { argument, path };
  try {
    const real = realpathSync.native(path);
    const stats = statSync(real);
    if (kind === 'folder' ? stats.isDirectory() : stats.isFile()) return real;
  } catch (cause) {
    const errno = errorCodeOf(cause);
    if (errno === 'ENOENT')
      throw new AppError('not_found', `${argument} ${path} does not exist: create it, or name another ${kind}.`, {
        details,
        cause,
      });
    throw new AppError('invalid_input', `${argument} ${path} cannot be entered (${errno}): name another ${kind}.`, {
      details,
      cause,
    });
  }
  const mend = kind === 'folder' ? 'name the folder that it lies in' : 'name a file';
  throw new AppError('invalid_input', `${argument} ${path} is not a ${kind}: ${mend}.`, { details });
}

const isWithin = (path: string, root: string) =>
  path === root || path.startsWith(root.endsWith(sep) ? root : `${root}${sep}`);
