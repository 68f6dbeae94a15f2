import { lstatSync, rmdirSync } from 'node:fs';
import { AppError, isAppError } from '../../../domain/app-error.ts';
import {
  type CleanupCandidate,
  type CleanupCandidateKind,
  type CleanupVerdict,
  staleAfterMs,
} from '../../../domain/cleanup-candidate.ts';
import type { Worktree } from '../../../domain/worktree-list.ts';
import type { Git } from '../../git/git.ts';
import { errorCodeOf } from '../../platform/error-code.ts';
import { identityOf } from '../../platform/folder-identity.ts';
import { isWithin, realPathOf } from '../../platform/real-path.ts';
import { namesIn } from '../../platform/unless-missing.ts';
import type { EmptyFolder } from '../empty-folder.ts';
import { measureFolder } from './measure-folder.ts';
import { gitKindOf, reasonToKeepClone, reasonToKeepWorktree } from './reasons-to-keep.ts';

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
  readonly git: Git;
  readonly emptyFolder: EmptyFolder;
  now(): number;
}

export function createWorkspaceCleanup(deps: WorkspaceCleanupDeps): WorkspaceCleanup {
  const { runsRoot, worktreeRoot, worktrees, inUse, marker, git, emptyFolder, now } = deps;
  const [main, ...linked] = worktrees;
  const own = linked.filter(
    ({ path }) =>
      isWithin(realPathOf(path), realPathOf(worktreeRoot)) && !isWithin(realPathOf(path), realPathOf(runsRoot)),
  );

  const classifyRun = async (path: string): Promise<CleanupVerdict> => {
    const byHand = ['rm', '-rf', '--', path];
    const gitKind = gitKindOf(path);
    if (gitKind === 'clone') return verdictOf(await reasonToKeepClone(git, path, runsRoot), byHand);
    if (gitKind === 'worktree') {
      const { worktree, main } = await findWorktree(path);
      return verdictOf(await reasonToKeepWorktree(git, worktree), removalByHand(main, path));
    }
    const isMarked = lstatSync(`${path}/${marker}`, { throwIfNoEntry: false })?.isFile() === true;
    return verdictOf(isMarked ? null : `it is not marked as safe to delete (no ${marker}, no repository)`, byHand);
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
    const user = inUse.find((folder) => isWithin(realPathOf(folder), realPathOf(path)));
    if (user !== undefined) return candidate({ fate: 'kept', why: 'it is in use', byHand: null });
    try {
      if (!lstatSync(path).isDirectory()) return candidate(verdictOf('it is not a folder', ['rm', '--', path]));
      const { changedAtMs, sizeBytes } = measureFolder(path);
      const measure = { ageMs: Math.max(0, now() - changedAtMs), sizeBytes };
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
      verdictOf(await reasonToKeepWorktree(git, worktree), removalByHand(main.path, path)),
    );
  };

  return {
    async list() {
      const runs = [...namesIn(runsRoot, 'give this user access to it, or set workspace.runs_root.')]
        .sort()
        .map((name) => ({ kind: 'run' as const, path: `${runsRoot}/${name}` }));
      const found: CleanupCandidate[] = [];
      for (const one of [...runs, ...own.map(({ path }) => ({ kind: 'worktree' as const, path }))])
        found.push(await classifyCandidate(one));
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

const verdictOf = (reason: string | null, byHand: readonly string[]): CleanupVerdict =>
  reason === null ? { fate: 'stale' } : { fate: 'kept', why: reason, byHand };

const removalByHand = (main: string, path: string) => ['git', '-C', main, 'worktree', 'remove', '--force', '--', path];

async function deleteFolder(folder: { path: string; identity: string }, emptyFolder: EmptyFolder): Promise<void> {
  const { failed } = await emptyFolder(folder, { keep: [] });
  const [first] = failed.first;
  if (first !== undefined)
    throw new AppError(
      'unavailable',
      `${failed.count} entries could not be deleted; the first: ${first.path} ${first.error}.`,
    );
  try {
    rmdirSync(folder.path);
  } catch (cause) {
    throw new AppError(
      'unavailable',
      `It is empty but cannot be deleted (${errorCodeOf(cause)}): let this user write to its parent folder.`,
      { cause },
    );
  }
}
