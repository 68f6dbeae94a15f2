import { existsSync, lstatSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Worktree } from '../../../domain/worktree-list.ts';
import type { Git } from '../../git/git.ts';
import { isWithin, realPathOf } from '../../platform/real-path.ts';

/** Why a folder stays; null: nothing is lost with it. Throws what git throws. */
type Objection = Promise<string | null>;

const uncommitted = 'it holds changes or files that are not committed';

export async function objectionToWorktree(git: Git, { path, branch, locked }: Worktree): Objection {
  if (locked !== null) return `it is locked${locked === '' ? '' : ` (${locked})`}`;
  if (await git.isDirty(path)) return uncommitted;
  if (branch === null && (await git.hasLooseCommits(path))) return 'it holds commits that are on no branch';
  return null;
}

/** @param runsRoot what goes may go together with what it was cloned from: remotes there keep nothing */
export async function objectionToClone(git: Git, path: string, runsRoot: string): Objection {
  if (existsSync(`${path}/.git/modules`)) return 'it has submodules, which are not looked into';
  if ((await git.worktrees(path)).length > 1) return 'other worktrees belong to it';
  if (await git.isDirty(path)) return uncommitted;
  const remotes = await git.remotes(path);
  const lasting = [...remotes].filter(([, url]) => !isLocalIn(url, runsRoot)).map(([name]) => name);
  if (await git.hasCommitsBeyond(path, lasting)) return 'it holds commits, tags or stashes that are on no remote';
  return null;
}

function isLocalIn(url: string, root: string): boolean {
  const path = url.startsWith('file://') ? fileURLToPath(url) : url;
  if (path.startsWith('/')) return isWithin(realPathOf(path), realPathOf(root));
  // A path from the clone on, unless it names a host: it leads into the root, or nobody knows where.
  return path.startsWith('.') || !path.includes(':');
}

/** How a folder belongs to git; null: not at all. */
export function gitKindOf(path: string): 'clone' | 'worktree' | null {
  const stats = lstatSync(`${path}/.git`, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  return stats.isDirectory() ? 'clone' : 'worktree';
}
