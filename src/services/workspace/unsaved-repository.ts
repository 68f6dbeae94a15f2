import { fileURLToPath } from 'node:url';
import { AppError } from '../../domain/app-error.ts';
import type { Git } from '../git/git.ts';
import { entryKindAt } from '../platform/entry-kind.ts';
import { readSmallFile } from '../platform/read-regular-file.ts';
import { isWithin, realPathOf } from '../platform/real-path.ts';

export interface FoundRepository {
  readonly path: string;
  /** `files`: the folder with the files and a `.git`; `store`: without files, such as a bare repository or the one of a submodule. */
  readonly kind: 'files' | 'store';
}

type RepositoryGit = Pick<
  Git,
  'places' | 'uncommittedChanges' | 'worktrees' | 'remotes' | 'hasCommitsBeyond' | 'hasLooseCommits'
>;

/**
 * What of a repository would be lost with the folder that contains it, as a sentence without its subject; null: nothing. Files that git
 * ignores do not count. Rejects as git does.
 * @param doomedDir remotes in it do not count
 */
export async function whyRepositoryIsUnsaved(
  git: RepositoryGit,
  { path, kind }: FoundRepository,
  { folder, doomedDir }: { readonly folder: string; readonly doomedDir: string },
): Promise<string | null> {
  if (kind === 'store') return whyStoreIsUnsaved(git, path, abandonedCommits(path), { folder, doomedDir });
  const { topLevel, gitDir, commonDir } = await git.places(path);
  if (realPathOf(topLevel) !== path) return 'has a .git that leads to other files';
  const operation = Object.entries(operations).find(([name]) => entryKindAt(`${gitDir}/${name}`) !== null);
  if (operation !== undefined) return `has ${operation[1]} in progress`;
  const changes = await git.uncommittedChanges(path);
  if (changes === 'visible') return 'has uncommitted changes or untracked files';
  if (changes === 'overlooked') return 'has uncommitted changes that git is told to overlook (see git ls-files -v)';
  const commits = abandonedCommits(gitDir);
  if (isWithin(realPathOf(commonDir), folder)) return whyStoreIsUnsaved(git, path, commits, { folder, doomedDir });
  return (await git.hasLooseCommits(path, commits)) ? 'has commits that are on no branch' : null;
}

/** The objects and refs themselves would be lost. */
async function whyStoreIsUnsaved(
  git: RepositoryGit,
  path: string,
  commits: readonly string[],
  { folder, doomedDir }: { readonly folder: string; readonly doomedDir: string },
): Promise<string | null> {
  const worktrees = await git.worktrees(path);
  if (worktrees.some((worktree) => !isWithin(realPathOf(worktree.path), folder))) return 'has worktrees elsewhere';
  const remotes = await git.remotes(path);
  const lasting = [...remotes].filter(([, url]) => isLasting(url, doomedDir)).map(([name]) => name);
  const isAhead = await git.hasCommitsBeyond(path, lasting, commits);
  return isAhead ? 'has commits, tags or stashes that are on no remote' : null;
}

/** What git leaves in its folder during an operation. */
const operations = {
  'rebase-merge': 'a rebase',
  'rebase-apply': 'a rebase or an application of patches',
  MERGE_HEAD: 'a merge',
  CHERRY_PICK_HEAD: 'a cherry-pick',
  REVERT_HEAD: 'a revert',
  sequencer: 'a cherry-pick or revert',
  BISECT_LOG: 'a bisection',
};

const mostReflogBytes = 16 * 1_024 ** 2;

/** The commits that were checked out without a branch and then left: only the reflog of HEAD has them. */
function abandonedCommits(gitDir: string): string[] {
  const reflog = `${gitDir}/logs/HEAD`;
  if (entryKindAt(reflog) === null) return [];
  const text = readSmallFile(reflog, mostReflogBytes);
  if (text === null) throw new AppError('unavailable', `${reflog} cannot be read`);
  const found = text.matchAll(/\tcheckout: moving from ([0-9a-f]{40,64}) to /g);
  return [...new Set([...found].map(([, commit = '']) => commit))].slice(-mostAbandonedCommits);
}

const mostAbandonedCommits = 500;

/** Whether a remote is there after a folder is deleted. One on this machine must be there now. */
function isLasting(url: string, doomedDir: string): boolean {
  const path = url.startsWith('file://') ? fileURLToPath(url) : url;
  // A relative path, unless it names a host: it leads into the folder, or to an unknown place.
  if (!path.startsWith('/')) return !path.startsWith('.') && path.includes(':');
  const exists = [path, `${path}.git`].some((one) => entryKindAt(one) !== null);
  return exists && !isWithin(realPathOf(path), realPathOf(doomedDir));
}
