import { existsSync, lstatSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Worktree } from '../../../domain/worktree-list.ts';
import type { Git } from '../../git/git.ts';
import { isWithin, realPathOf } from '../../platform/real-path.ts';

/** Why a folder is kept; null if nothing would be lost with it. Rejects as git does. */
type Reason = Promise<string | null>;

const uncommitted = 'it has uncommitted changes or untracked files';

export async function reasonToKeepWorktree(git: Git, { path, branch, locked }: Worktree): Reason {
  if (locked !== null) return `it is locked${locked === '' ? '' : ` (${locked})`}`;
  if (await git.isDirty(path)) return uncommitted;
  if (branch === null && (await git.hasLooseCommits(path))) return 'it has commits that are on no branch';
  return null;
}

/** @param runsRoot remotes in it do not count, because they may be deleted together with the clone */
export async function reasonToKeepClone(git: Git, path: string, runsRoot: string): Reason {
  if (existsSync(`${path}/.git/modules`)) return 'it has submodules, which are not checked';
  if ((await git.worktrees(path)).length > 1) return 'other worktrees belong to it';
  if (await git.isDirty(path)) return uncommitted;
  const remotes = await git.remotes(path);
  const lasting = [...remotes].filter(([, url]) => !isLocalIn(url, runsRoot)).map(([name]) => name);
  if (await git.hasCommitsBeyond(path, lasting)) return 'it has commits, tags or stashes that are on no remote';
  return null;
}

function isLocalIn(url: string, root: string): boolean {
  const path = url.startsWith('file://') ? fileURLToPath(url) : url;
  if (path.startsWith('/')) return isWithin(realPathOf(path), realPathOf(root));
  // A relative path, unless it names a host: it leads into the root, or to an unknown place.
  return path.startsWith('.') || !path.includes(':');
}

/** null for a folder that is not of git. */
export function gitKindOf(path: string): 'clone' | 'worktree' | null {
  const stats = lstatSync(`${path}/.git`, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  return stats.isDirectory() ? 'clone' : 'worktree';
}
