import { AppError } from '../../domain/app-error.ts';
import { readWorktreeList, type Worktree } from '../../domain/worktree-list.ts';
import type { CommandOutcome, RunCommand } from '../platform/process/run-command.ts';

/**
 * Questions to git. Every one throws an AppError when git does not answer: `process_failed` with what it said in `details.output`, `timed_out`,
 * `not_found` without git; and the signal's reason when that is aborted.
 */
export interface Git {
  /** Brings `origin/<branch>` up to date. The name must be one (`isBranchName`). */
  fetchBranch(folder: string, branch: string, signal?: AbortSignal): Promise<void>;
  /**
   * The files that differ between HEAD and where it left `origin/<branch>`, from the top of the repository; a file that was renamed stands with both
   * names. @throws AppError `process_failed` also where they are too many to be read
   */
  changedFiles(folder: string, branch: string, signal?: AbortSignal): Promise<readonly string[]>;
  /** The worktrees of a repository, the main one first. */
  worktrees(folder: string): Promise<readonly Worktree[]>;
  /** Whether there is something that is not committed, files that git does not know included; not what it ignores. */
  isDirty(folder: string): Promise<boolean>;
  /** The address that git goes by for a remote, abbreviations written out; null where there is no such remote, or no repository. */
  remoteUrl(folder: string, remote: string): Promise<string | null>;
  /** The addresses of the remotes as they are written down, by name. */
  remotes(folder: string): Promise<ReadonlyMap<string, string>>;
  /** Whether some ref (a branch, a tag, the stash, HEAD) leads to a commit that none of these remotes has, as far as is known here. */
  hasCommitsBeyond(folder: string, remotes: readonly string[]): Promise<boolean>;
  /** Whether HEAD leads to a commit that no branch, no tag and no remote leads to. */
  hasLooseCommits(folder: string): Promise<boolean>;
  /** Removes a worktree and forgets it. git refuses where something is not committed, and a locked one. */
  removeWorktree(folder: string, path: string): Promise<void>;
}

const questionLimitMs = 30_000;
const removalLimitMs = 300_000;

/** Repositories come from the folder alone, whatever a hook that started this program has set; nobody is asked for a password. */
const environment = {
  GIT_DIR: undefined,
  GIT_WORK_TREE: undefined,
  GIT_INDEX_FILE: undefined,
  GIT_COMMON_DIR: undefined,
  GIT_OBJECT_DIRECTORY: undefined,
  GIT_NAMESPACE: undefined,
  GIT_PREFIX: undefined,
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
};

/** A question starts none of the programs that a repository may name for its own purposes; what reaches a remote (ssh, credentials) it does start. */
const quietly = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];

export function createGit(run: RunCommand): Git {
  const ask = async (folder: string, args: readonly string[], options: AskOptions = {}): Promise<CommandOutcome> => {
    const { signal, timeLimitMs = questionLimitMs, fine = [0] } = options;
    const command = {
      file: 'git',
      args: [...quietly, ...args],
      cwd: folder,
      env: environment,
      timeLimitMs,
    };
    const outcome = await run(command, signal);
    const [what] = args;
    const details = { cwd: folder, exit_code: outcome.exitCode, output: outcome.stderr.slice(-outputChars) };
    const failed = (code: 'timed_out' | 'process_failed', how: string, why: string) =>
      new AppError(code, `git ${what} ${how} in ${folder}: run it there to see ${why}.`, { details });
    if (outcome.timedOut)
      throw failed('timed_out', `took longer than ${timeLimitMs / 1_000} s and was ended`, 'what it waits for');
    if (!fine.includes(outcome.exitCode ?? -1)) throw failed('process_failed', 'failed', 'why');
    if (outcome.isTruncated) throw failed('process_failed', 'says more than can be read', 'all of it');
    return outcome;
  };
  const hasAny = async (folder: string, revisions: readonly string[]) =>
    (await ask(folder, ['rev-list', '--max-count=1', ...revisions])).stdout !== '';

  return {
    async fetchBranch(folder, branch, signal) {
      const refspec = `+refs/heads/${branch}:refs/remotes/origin/${branch}`;
      // Maintenance goes on in the background, and would be ended half done.
      const options = ['--quiet', '--no-recurse-submodules', '--no-auto-maintenance'];
      await ask(folder, ['fetch', ...options, '--', 'origin', refspec], { signal });
    },
    async changedFiles(folder, branch, signal) {
      const range = `refs/remotes/origin/${branch}...HEAD`;
      const options = [
        '--name-only',
        '-z',
        '--no-renames',
        '--no-relative',
        '--no-ext-diff',
        '--ignore-submodules=none',
      ];
      const { stdout } = await ask(folder, ['diff', ...options, range, '--'], { signal });
      return stdout.split('\0').slice(0, -1);
    },
    async worktrees(folder) {
      return readWorktreeList((await ask(folder, ['worktree', 'list', '--porcelain', '-z'])).stdout);
    },
    async isDirty(folder) {
      const options = ['--porcelain', '-z', '--untracked-files=normal', '--ignore-submodules=none'];
      return (await ask(folder, ['status', ...options])).stdout !== '';
    },
    async remoteUrl(folder, remote) {
      const { exitCode, stdout } = await ask(folder, ['remote', 'get-url', '--', remote], { fine: [0, 2, 128] });
      return exitCode === 0 ? stdout.trim() : null;
    },
    async remotes(folder) {
      const { stdout } = await ask(folder, ['config', '-z', '--get-regexp', '^remote\\..*\\.url$'], { fine: [0, 1] });
      const entries = stdout
        .split('\0')
        .slice(0, -1)
        .map((entry) => entry.split('\n', 2));
      return new Map(entries.map(([key = '', url = '']) => [key.slice('remote.'.length, -'.url'.length), url]));
    },
    hasCommitsBeyond: (folder, remotes) =>
      hasAny(folder, ['--all', '--not', ...remotes.map((remote) => `--remotes=${remote}`)]),
    hasLooseCommits: (folder) => hasAny(folder, ['HEAD', '--not', '--branches', '--tags', '--remotes']),
    async removeWorktree(folder, path) {
      await ask(folder, ['worktree', 'remove', '--', path], { timeLimitMs: removalLimitMs });
    },
  };
}

interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeLimitMs?: number;
  /** Exit codes that are answers. */
  readonly fine?: readonly number[];
}

const outputChars = 4_000;
