import { dirname } from 'node:path';
import type { Config } from '../../domain/config.schema.ts';

/** The folders of a project's work, as absolute paths. They need not exist. */
export interface WorkspacePlaces {
  readonly worktreeRoot: string;
  readonly runsRoot: string;
  /** The folders in which tools may work. */
  readonly roots: readonly string[];
  /** Folders that must not be emptied, nor any folder that contains one of them. */
  readonly kept: readonly string[];
}

/** @param tempDir the system's folder for temporary files */
export function workspacePlacesOf(
  settings: Pick<Config['workspace'], 'roots' | 'worktree_root' | 'runs_root'>,
  { projectDir, homeDir, tempDir }: { readonly projectDir: string; readonly homeDir: string; readonly tempDir: string },
): WorkspacePlaces {
  const around = dirname(projectDir);
  const absolute = (path: string) => path.replace(/^~(?=\/|$)/, homeDir);
  const worktreeRoot = absolute(settings.worktree_root ?? `${around}/worktrees`);
  const runsRoot = absolute(settings.runs_root ?? `${around}/maitred-runs`);
  const standard = [projectDir, worktreeRoot, runsRoot, tempDir];
  const kept = [homeDir, projectDir, `${projectDir}/.maitred`, tempDir];
  return { worktreeRoot, runsRoot, kept, roots: settings.roots.length === 0 ? standard : settings.roots.map(absolute) };
}
