import { AppError } from '../../domain/app-error.ts';
import { readWorktreeList, type Worktree } from '../../domain/worktree-list.ts';
import type { CommandOutcome, RunCommand } from '../platform/process/run-command.ts';

/**
 * Runs git. Every method rejects with an AppError if git fails: `process_failed` with its output in `details.output`, `timed_out`,
 * `not_found` without git; and with the signal's reason if it is aborted.
 */
export interface Git {
  /** Updates `origin/<branch>` from the network. The name must be valid (`isBranchName`). */
  fetchBranch(folder: string, branch: string, limits: { timeLimitMs: number; signal: AbortSignal }): Promise<void>;
  /**
   * The files that differ between HEAD and its merge base with `origin/<branch>`, relative to the top of the repository; a renamed file has both
   * names. @throws AppError `process_failed` also if there are too many
   */
  changedFiles(folder: string, branch: string, signal?: AbortSignal): Promise<readonly string[]>;
  /** The worktrees of a repository, the main one first. */
  worktrees(folder: string): Promise<readonly Worktree[]>;
  /** Whether there are uncommitted changes or untracked files; ignored files do not count. */
  isDirty(folder: string): Promise<boolean>;
  /** The URL of a remote with `insteadOf` applied; null without that remote or without a repository. */
  remoteUrl(folder: string, remote: string): Promise<string | null>;
  /** The configured URLs of the remotes, by name. */
  remotes(folder: string): Promise<ReadonlyMap<string, string>>;
  /** Whether a ref (a branch, a tag, the stash, HEAD) reaches a commit that no remote-tracking branch of these remotes reaches. */
  hasCommitsBeyond(folder: string, remotes: readonly string[]): Promise<boolean>;
  /** Whether HEAD reaches a commit that no branch, tag or remote-tracking branch reaches. */
  hasLooseCommits(folder: string): Promise<boolean>;
  /** Removes a worktree. git rejects a locked one, and one with uncommitted changes or untracked files. */
  removeWorktree(folder: string, path: string): Promise<void>;
}

const questionLimitMs = 30_000;
const removalLimitMs = 300_000;

/** Only the folder chooses the repository, even if a git hook started this program; git never asks for a password. */
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

/** git starts no monitor and no hooks of a repository; it does start what it needs for a remote (ssh, credential helpers). */
const safely = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];

export function createGit(run: RunCommand): Git {
  const ask = async (folder: string, args: readonly string[], options: AskOptions = {}): Promise<CommandOutcome> => {
    const { signal, timeLimitMs = questionLimitMs, accepted = [0] } = options;
    const command = { file: 'git', args: [...safely, ...args], cwd: folder, env: environment, timeLimitMs };
    const outcome = await run(command, signal);
    const [what] = args;
    const details = { cwd: folder, exit_code: outcome.exitCode, output: outcome.stderr.slice(-outputChars) };
    const failed = (code: 'timed_out' | 'process_failed', how: string, why: string) =>
      new AppError(code, `git ${what} ${how} in ${folder}: run it there to see ${why}.`, { details });
    if (outcome.timedOut)
      throw failed('timed_out', `took longer than ${timeLimitMs / 1_000} s and was ended`, 'what it waits for');
    if (!accepted.includes(outcome.exitCode ?? -1)) throw failed('process_failed', 'failed', 'why');
    if (outcome.isTruncated) throw failed('process_failed', 'printed more than can be read', 'all of it');
    return outcome;
  };
  const hasAny = async (folder: string, revisions: readonly string[]) =>
    (await ask(folder, ['rev-list', '--max-count=1', ...revisions])).stdout !== '';

  return {
    async fetchBranch(folder, branch, limits) {
      const refspec = `+refs/heads/${branch}:refs/remotes/origin/${branch}`;
      // Maintenance runs in the background, and would be killed half-way.
      const options = ['--quiet', '--no-recurse-submodules', '--no-auto-maintenance'];
      await ask(folder, ['fetch', ...options, '--', 'origin', refspec], limits);
    },
    async changedFiles(folder, branch, signal) {
      const range = `refs/remotes/origin/${branch}...HEAD`;
      const format = ['--name-only', '-z', '--no-renames', '--no-relative'];
      const options = [...format, '--no-ext-diff', '--ignore-submodules=none'];
      return entriesOf((await ask(folder, ['diff', ...options, range, '--'], { signal })).stdout);
    },
    async worktrees(folder) {
      return readWorktreeList((await ask(folder, ['worktree', 'list', '--porcelain', '-z'])).stdout);
    },
    async isDirty(folder) {
      const options = ['--porcelain', '-z', '--untracked-files=normal', '--ignore-submodules=none'];
      return (await ask(folder, ['status', ...options])).stdout !== '';
    },
    async remoteUrl(folder, remote) {
      const { exitCode, stdout } = await ask(folder, ['remote', 'get-url', '--', remote], { accepted: [0, 2, 128] });
      return exitCode === 0 ? stdout.trim() : null;
    },
    async remotes(folder) {
      const query = ['config', '-z', '--get-regexp', '^remote\\..*\\.url$'];
      const { stdout } = await ask(folder, query, { accepted: [0, 1] });
      const entries = entriesOf(stdout).map((entry) => entry.split('\n', 2));
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
  /** Exit codes that are not failures. */
  readonly accepted?: readonly number[];
}

const outputChars = 4_000;

/** Each entry of the output ends with a NUL. */
const entriesOf = (stdout: string) => stdout.split('\0').slice(0, -1);
