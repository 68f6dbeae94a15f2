import { lstatSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, isAppError } from '../../../domain/app-error.ts';
import {
  type CleanupCandidate,
  type CleanupCandidateKind,
  type CleanupVerdict,
  staleAfterMs,
} from '../../../domain/cleanup-candidate.ts';
import type { Worktree } from '../../../domain/worktree-list.ts';
import type { Git } from '../../git/git.ts';
import { entryKindAt } from '../../platform/entry-kind.ts';
import { errorCodeOf } from '../../platform/error-code.ts';
import { identityOf } from '../../platform/folder-identity.ts';
import { isWithin, realPathOf } from '../../platform/real-path.ts';
import { namesIn } from '../../platform/unless-missing.ts';
import type { DisposableFolder } from '../disposable-folder.ts';
import type { EmptyFolder } from '../empty-folder.ts';
import { type FindLosses, lossText } from '../find-losses.ts';

/** Removes finished runs in the runs root and finished worktrees of the project. */
export interface WorkspaceCleanup {
  /** Classifies every run, then every worktree, by path. Changes nothing. @throws AppError `unavailable` for an unreadable runs root */
  list(): Promise<readonly CleanupCandidate[]>;
  /**
   * Removes a stale candidate if it is still stale. Twice is safe.
   * @throws AppError `conflict` if it is no longer stale, `unavailable` or git's error if it cannot be removed
   */
  remove(candidate: CleanupCandidate): Promise<void>;
}

export interface WorkspaceCleanupDeps {
  readonly runsRoot: string;
  readonly worktreeRoot: string;
  /** Of the project, the main one first; empty without a repository. */
  readonly worktrees: readonly Worktree[];
  /** Folders in use: a candidate that contains one of them is kept. */
  readonly inUse: readonly string[];
  /** The name of the file that marks a folder as safe to empty. */
  readonly marker: string;
  readonly git: Pick<Git, 'worktrees' | 'removeWorktree'>;
  readonly findLosses: FindLosses;
  readonly emptyFolder: EmptyFolder;
}

export function createWorkspaceCleanup(deps: WorkspaceCleanupDeps): WorkspaceCleanup {
  const { runsRoot, worktreeRoot, worktrees, inUse, marker, git, findLosses, emptyFolder } = deps;
  const [main, ...linked] = worktrees;
  const isIn = (path: string, folder: string) => isWithin(realPathOf(path), realPathOf(folder));
  const own = linked.filter(({ path }) => isIn(path, worktreeRoot) && !isIn(path, runsRoot));

  /** Why a folder is kept; null if nothing would be lost with it. */
  const firstLossIn = async (path: string): Promise<string | null> => {
    const real = realPathOf(path);
    const question = { keep: [], repositories: 'unsaved', doomedDir: realPathOf(runsRoot) } as const;
    for await (const loss of findLosses(real, question)) return lossText(loss, real);
    return null;
  };

  const reasonToKeepWorktree = async ({ path, locked }: Worktree) =>
    locked === null ? await firstLossIn(path) : `it is locked${locked === '' ? '' : ` (${locked})`}`;

  const classifyRun = async (path: string): Promise<CleanupVerdict> => {
    const byHand = ['rm', '-rf', '--', path];
    const gitKind = gitKindOf(path);
    if (gitKind === 'worktree') {
      const { worktree, main } = await findWorktree(path);
      return verdictOf(await reasonToKeepWorktree(worktree), removalByHand(main, path));
    }
    const isOurs = gitKind === 'clone' || entryKindAt(`${path}/${marker}`) === 'file';
    const notMarked = `it is not marked as safe to delete (no ${marker}, no repository)`;
    return verdictOf(isOurs ? await firstLossIn(path) : notMarked, byHand);
  };

  /** A worktree in the runs root, of any repository. */
  const findWorktree = async (path: string) => {
    const [main, ...others] = await git.worktrees(path);
    const worktree = others.find((other) => realPathOf(other.path) === realPathOf(path));
    if (main === undefined || worktree === undefined)
      throw new AppError('process_failed', 'its repository does not list it');
    return { main: main.path, worktree };
  };

  const classify = async (
    kind: CleanupCandidateKind,
    path: string,
    classifyContents: () => Promise<CleanupVerdict>,
  ) => {
    const candidate = (verdict: CleanupVerdict, measure: { ageMs: number; sizeBytes: number } | null = null) =>
      ({ kind, path, ageMs: null, sizeBytes: null, ...measure, verdict }) satisfies CleanupCandidate;
    const user = inUse.find((folder) => isIn(folder, path));
    if (user !== undefined) return candidate({ fate: 'kept', why: 'it is in use', byHand: null });
    try {
      if (!lstatSync(path).isDirectory()) return candidate(verdictOf('it is not a folder', ['rm', '--', path]));
      const { changedAtMs, sizeBytes } = measureFolder(path);
      const measure = { ageMs: Math.max(0, Date.now() - changedAtMs), sizeBytes };
      if (measure.ageMs < staleAfterMs) return candidate({ fate: 'recent' }, measure);
      return candidate(await classifyContents(), measure);
    } catch (thrown) {
      const why = isAppError(thrown) ? thrown.message : errorCodeOf(thrown);
      return candidate({ fate: 'kept', why: `it cannot be checked: ${why}`, byHand: ['rm', '-rf', '--', path] });
    }
  };

  const classifyCandidate = ({ kind, path }: Pick<CleanupCandidate, 'kind' | 'path'>) => {
    if (kind === 'run') return classify(kind, path, () => classifyRun(path));
    const worktree = own.find((one) => one.path === path);
    if (worktree === undefined || main === undefined) throw new AppError('internal', `${path} is not a worktree`);
    if (worktree.isPrunable) {
      const byHand = ['git', '-C', main.path, 'worktree', 'prune'];
      const verdict = verdictOf('its folder is gone, but git still lists it', byHand);
      return { kind, path, ageMs: null, sizeBytes: null, verdict };
    }
    return classify(kind, path, async () =>
      verdictOf(await reasonToKeepWorktree(worktree), removalByHand(main.path, path)),
    );
  };

  return {
    async list() {
      const names = namesIn(runsRoot, 'give this user access to it, or set workspace.runs_root.').toSorted();
      const found: CleanupCandidate[] = [];
      for (const name of names) found.push(await classifyCandidate({ kind: 'run', path: `${runsRoot}/${name}` }));
      for (const { path } of own) found.push(await classifyCandidate({ kind: 'worktree', path }));
      return found;
    },
    async remove(candidate) {
      const { path, kind } = candidate;
      const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
      if (stats === undefined) return;
      if ((await classifyCandidate(candidate)).verdict.fate !== 'stale')
        throw new AppError('conflict', `${path} was changed meanwhile, and is kept.`);
      if (kind === 'worktree' && main !== undefined) return git.removeWorktree(main.path, path);
      if (gitKindOf(path) === 'worktree') return git.removeWorktree((await findWorktree(path)).main, path);
      await deleteFolder({ path: realPathOf(path), identity: identityOf(stats) }, emptyFolder);
    },
  };
}

/** null for a folder that is not the top of a repository. */
function gitKindOf(path: string): 'clone' | 'worktree' | null {
  const kind = entryKindAt(`${path}/.git`);
  return kind === null ? null : kind === 'folder' ? 'clone' : 'worktree';
}

const verdictOf = (reason: string | null, byHand: readonly string[]): CleanupVerdict =>
  reason === null ? { fate: 'stale' } : { fate: 'kept', why: reason, byHand };

const removalByHand = (main: string, path: string) => ['git', '-C', main, 'worktree', 'remove', '--force', '--', path];

async function deleteFolder(folder: DisposableFolder, emptyFolder: EmptyFolder): Promise<void> {
  const { failed } = await emptyFolder(folder, { keep: [] });
  const [first] = failed.first;
  if (first !== undefined) {
    const what = `${failed.count} entries could not be deleted`;
    throw new AppError('unavailable', `${what}; the first: ${first.path} ${first.error}.`);
  }
  try {
    rmdirSync(folder.path);
  } catch (cause) {
    const fix = 'let this user write to its parent folder';
    throw new AppError('unavailable', `It is empty but cannot be deleted (${errorCodeOf(cause)}): ${fix}.`, { cause });
  }
}

/**
 * Reads everything in a folder, without following links. Blocks; throws Node's own errors.
 * @returns the last change of anything in it, and the bytes of its files
 */
function measureFolder(path: string): { readonly changedAtMs: number; readonly sizeBytes: number } {
  let changedAtMs = 0;
  let sizeBytes = 0;
  const waiting = [path];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const stats = lstatSync(next, { throwIfNoEntry: false });
    // It was deleted meanwhile.
    if (stats === undefined) continue;
    changedAtMs = Math.max(changedAtMs, stats.mtimeMs);
    if (stats.isDirectory()) for (const name of readdirSync(next)) waiting.push(join(next, name));
    else sizeBytes += stats.size;
  }
  return { changedAtMs, sizeBytes };
}
