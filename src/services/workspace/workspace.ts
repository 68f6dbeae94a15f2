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

  return {
    folder(path, argument) {
      if (!isAbsolute(path))
        throw new AppError(
          'invalid_input',
          `${argument} is the relative path ${JSON.stringify(path)}: make it absolute.`,
        );
      const folder = resolveFolder(path, argument);
      if (named.some((root) => isWithin(folder, realRoot(root)))) return folder;
      throw new AppError(
        'forbidden',
        `${argument} ${folder} lies outside of the folders in which tools may work (${named.join(', ')}): work in one of them, or add it to workspace.roots in the configuration.`,
        { details: { argument, path: folder, roots: named } },
      );
    },
  };
}

/** A root that is not there yet holds nothing. */
function realRoot(root: string): string {
  try {
    return realpathSync.native(root);
  } catch {
    return root;
  }
}

function resolveFolder(path: string, argument: string): string {
  const details = { argument, path };
  try {
    const folder = realpathSync.native(path);
    if (statSync(folder).isDirectory()) return folder;
  } catch (cause) {
    const errno = errorCodeOf(cause);
    if (errno === 'ENOENT')
      throw new AppError('not_found', `${argument} ${path} does not exist: create it, or name another folder.`, {
        details,
        cause,
      });
    throw new AppError('invalid_input', `${argument} ${path} cannot be entered (${errno}): name another folder.`, {
      details,
      cause,
    });
  }
  throw new AppError('invalid_input', `${argument} ${path} is not a folder: name the folder that it lies in.`, {
    details,
  });
}

const isWithin = (path: string, root: string) =>
  path === root || path.startsWith(root.endsWith(sep) ? root : `${root}${sep}`);
