import type { RunCommand } from '../platform/process/run-command.ts';

/** The state of a repository before a session that shall work in a worktree of its own. */
export interface SourceSnapshot {
  readonly folder: string;
  /** The commit of HEAD. */
  readonly head: string;
  /** Whether there was no change and no untracked file. */
  readonly isClean: boolean;
}

export interface Contamination {
  readonly isContaminated: boolean;
  readonly isReverted: boolean;
  /** What was found and done, as sentences. */
  readonly remarks: readonly string[];
}

/** Finds and undoes what a session has done in the source clone that it should not have touched. */
export interface SourceClones {
  /** @returns null for a folder that is not in a repository, and for a linked worktree. Never rejects */
  snapshot(folder: string): Promise<SourceSnapshot | null>;
  /**
   * Undoes what has changed since, where nothing was there before that could be lost with it; ignored files stay. Commits stay in the reflog. Where there were
   * changes before, it only says what has changed. Never rejects: what git cannot do is a remark.
   */
  revert(snapshot: SourceSnapshot): Promise<Contamination>;
}

const limitMs = 10_000;

/** @param run runs git as a program of this server */
export function createSourceClones(run: RunCommand): SourceClones {
  const git = async (cwd: string, ...args: readonly string[]) => {
    const env = { GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
    const { exitCode, stdout } = await run({ file: 'git', args, cwd, env, timeLimitMs: limitMs });
    return exitCode === 0 ? stdout.trimEnd() : null;
  };
  const read = async (folder: string): Promise<SourceSnapshot | null> => {
    const head = await git(folder, 'rev-parse', '--verify', 'HEAD');
    const status = await git(folder, 'status', '--porcelain=v1', '--untracked-files=all', '-z');
    return head === null || status === null ? null : { folder, head, isClean: status === '' };
  };
  return {
    async snapshot(folder) {
      try {
        const dirs = await git(folder, 'rev-parse', '--path-format=absolute', '--git-dir', '--git-common-dir');
        const [gitDir, commonDir] = dirs?.split('\n') ?? [];
        return gitDir === undefined || gitDir !== commonDir ? null : await read(folder);
      } catch {
        // No git, or no repository that it can read: nothing is known of it, and nothing is undone.
        return null;
      }
    },
    async revert(before) {
      const nothing = { isContaminated: false, isReverted: false, remarks: [] };
      const { folder, head, isClean } = before;
      try {
        const after = await read(folder);
        if (after === null || (after.head === head && after.isClean === isClean)) return nothing;
        const what = after.head === head ? 'files' : `commits up to ${after.head.slice(0, 12)}`;
        const found = `The session left ${what} in ${folder}, outside a worktree of its own.`;
        if (!isClean)
          return {
            isContaminated: true,
            isReverted: false,
            remarks: [`${found} Nothing was undone, because it had changes before. Look at git status there.`],
          };
        const reset = await git(folder, 'reset', '--hard', head);
        const clean = await git(folder, 'clean', '-fd');
        const isReverted = reset !== null && clean !== null;
        const done = isReverted ? `It was set back to ${head.slice(0, 12)}.` : 'git could not undo that; look there.';
        return { isContaminated: true, isReverted, remarks: [`${found} ${done}`] };
      } catch (problem) {
        const why = problem instanceof Error ? problem.message : String(problem);
        return { ...nothing, remarks: [`Whether the session changed ${folder} could not be read: ${why}`] };
      }
    },
  };
}
