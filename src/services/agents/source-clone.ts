import type { StartedBy } from '../../domain/inspection.ts';
import type { Git } from '../git/git.ts';

/** The state of a repository before a session that should work in a worktree of its own. */
export interface SourceSnapshot {
  /** The top-level folder of its working tree. */
  readonly folder: string;
  /** The commit of HEAD. */
  readonly head: string;
  /** null: no branch is checked out. */
  readonly branch: string | null;
  /** Whether there was no untracked file and no change, not even one that git is told to ignore. */
  readonly isClean: boolean;
  /** What git status shows. */
  readonly changes: readonly string[];
}

export interface Contamination {
  readonly isContaminated: boolean;
  readonly isReverted: boolean;
  /** What was found and done, as sentences. */
  readonly remarks: readonly string[];
}

/** Finds and undoes what a session has done in the source clone that it should not have touched. */
export interface SourceClones {
  /**
   * @param startedBy what asks for it, as the git programs show
   * @returns null for a folder that is not in a repository, and for a linked worktree. Never rejects
   */
  snapshot(folder: string, startedBy: StartedBy): Promise<SourceSnapshot | null>;
  /**
   * Sets the repository back to the snapshot if it was clean then. Nothing is lost: all changes, whoever made them, go into the stash; commits stay in
   * the reflog, and ignored files stay. If there were changes before, if another branch is checked out now or if others work there, it only reports
   * what has changed. Never rejects: a failure of git becomes a remark.
   * @param isShared whether others work there
   */
  revert(snapshot: SourceSnapshot, isShared: boolean, startedBy: StartedBy): Promise<Contamination>;
}

type CloneGit = Pick<Git, 'places' | 'head' | 'changes' | 'uncommittedChanges' | 'setAside'>;

/** @param gitFor git, started by this */
export function createSourceClones(gitFor: (startedBy: StartedBy) => CloneGit): SourceClones {
  const read = async (git: CloneGit, folder: string): Promise<SourceSnapshot> => ({
    folder,
    ...(await git.head(folder)),
    isClean: (await git.uncommittedChanges(folder)) === 'none',
    changes: await git.changes(folder),
  });
  return {
    async snapshot(folder, startedBy) {
      const git = gitFor(startedBy);
      try {
        const { topLevel, gitDir, commonDir } = await git.places(folder);
        return gitDir === commonDir ? await read(git, topLevel) : null;
      } catch {
        // No git, or no repository that it can read: nothing is known of it, and nothing is undone.
        return null;
      }
    },
    async revert(before, isShared, startedBy) {
      const git = gitFor(startedBy);
      const { folder, head } = before;
      let found: string | null = null;
      try {
        const after = await read(git, folder);
        if (isSame(after, before)) return { isContaminated: false, isReverted: false, remarks: [] };
        const what = after.head === head ? 'changes' : `commits up to ${after.head.slice(0, 12)}`;
        found = `The session left ${what} in ${folder}, outside a worktree of its own.`;
        const obstacle = obstacleOf(before, after, isShared);
        if (obstacle !== null) {
          const remark = `${found} Nothing was undone, because ${obstacle}. Look at git status there.`;
          return { isContaminated: true, isReverted: false, remarks: [remark] };
        }
        await git.setAside(folder, head, 'Left by an agent session');
        const isReverted = isSame(await read(git, folder), before);
        const done = `${isReverted ? 'The folder' : 'All that git can stash'} was set back to ${head.slice(0, 12)}`;
        const rest = isReverted ? '' : ' Other changes remain: look at git status there.';
        const remark = `${found} ${done}: the changes are in git stash list, commits in git reflog.${rest}`;
        return { isContaminated: true, isReverted, remarks: [remark] };
      } catch (problem) {
        const why = problem instanceof Error ? problem.message : String(problem);
        const remark =
          found === null
            ? `Git could not show whether the session changed ${folder}. Look at git status there. Git failed with: ${why}`
            : `${found} The folder could not be set back. Look at git status there. Git failed with: ${why}`;
        return { isContaminated: found !== null, isReverted: false, remarks: [remark] };
      }
    },
  };
}

const isSame = (after: SourceSnapshot, before: SourceSnapshot): boolean =>
  after.head === before.head &&
  after.branch === before.branch &&
  after.isClean === before.isClean &&
  after.changes.join('\0') === before.changes.join('\0');

/** Why the changes must not be undone; null: they may be. */
function obstacleOf(before: SourceSnapshot, after: SourceSnapshot, isShared: boolean): string | null {
  if (!before.isClean) return 'the folder had changes before';
  if (isShared) return 'another session works there';
  return after.branch === before.branch ? null : `${after.branch ?? 'no branch'} is checked out now`;
}
