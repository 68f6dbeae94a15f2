import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { AppError } from '../../domain/app-error.ts';
import { commandLabel } from '../../domain/command-label.ts';
import { readWorktreeList, type Worktree } from '../../domain/worktree-list.ts';
import { entryKindAt } from '../platform/entry-kind.ts';
import type { CommandOutcome, RunCommand } from '../platform/process/run-command.ts';

/** Where the parts of a repository are: absolute paths. */
export interface RepositoryPlaces {
  /** The top of its files. */
  readonly topLevel: string;
  /** What belongs to this worktree alone: HEAD, index, operations in progress. */
  readonly gitDir: string;
  /** What all its worktrees share: objects and refs. */
  readonly commonDir: string;
}

/** `overlooked`: only changes that `git status` does not show, because files have the flag assume-unchanged or skip-worktree. */
export type UncommittedChanges = 'none' | 'visible' | 'overlooked';

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
  /** The repository of a folder, or of the nearest parent that is one. */
  places(folder: string): Promise<RepositoryPlaces>;
  /** The tracked files in a folder, relative to the top of their repository; whether they exist is not checked. */
  trackedFiles(topLevel: string, folder: string, signal?: AbortSignal): Promise<readonly string[]>;
  /**
   * Changes and untracked files at the top of a repository; ignored files do not count. Files that git is told to overlook are compared with
   * HEAD; those that are missing, as in a sparse checkout, do not count.
   */
  uncommittedChanges(topLevel: string): Promise<UncommittedChanges>;
  /** The commit of HEAD, and the branch that is checked out; null: none. Rejects where there is no commit. */
  head(folder: string): Promise<{ readonly head: string; readonly branch: string | null }>;
  /**
   * Sets the branch and the files of a repository back to a commit. Changes and untracked files are put into the stash, one entry for each of the two;
   * ignored files, also those that a later commit has added, and repositories in it stay.
   */
  setAside(topLevel: string, commit: string, message: string): Promise<void>;
  /** What differs from HEAD, and each untracked file, as `git status --porcelain` names them: two letters, a space and the path from the top. */
  changes(topLevel: string): Promise<readonly string[]>;
  /** The URL of a remote with `insteadOf` applied; null without that remote or without a repository. */
  remoteUrl(folder: string, remote: string): Promise<string | null>;
  /** The URLs of the remotes by name, with `insteadOf` applied. */
  remotes(folder: string): Promise<ReadonlyMap<string, string>>;
  /**
   * Whether a ref (a branch, a tag, the stash, HEAD) or one of these commits reaches a commit that no remote-tracking branch of these remotes
   * reaches. Missing commits do not count.
   */
  hasCommitsBeyond(folder: string, remotes: readonly string[], commits: readonly string[]): Promise<boolean>;
  /** Whether HEAD or one of these commits reaches a commit that no branch, tag or remote-tracking branch reaches. */
  hasLooseCommits(folder: string, commits: readonly string[]): Promise<boolean>;
  /** Removes a worktree. git rejects a locked one, and one with uncommitted changes or untracked files. */
  removeWorktree(folder: string, path: string): Promise<void>;
}

const questionLimitMs = 30_000;
const removalLimitMs = 300_000;

/** Added to what every program inherits: git sees all refs and true parents, takes no lock for a question, and never asks for a password. */
const environment = {
  GIT_GRAFT_FILE: '',
  GIT_NAMESPACE: undefined,
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
};

/** git starts no monitor and no hooks of a repository; it does start what it needs for a remote (ssh, credential helpers). */
const safely = ['core.fsmonitor=false', 'core.hooksPath=/dev/null', 'core.ignoreStat=false'].flatMap((it) => [
  '-c',
  it,
]);

export function createGit(run: RunCommand): Git {
  const ask = async (folder: string, args: readonly string[], options: AskOptions = {}): Promise<CommandOutcome> => {
    const { signal, timeLimitMs = questionLimitMs, accepted = [0], env = {}, ...limits } = options;
    const command = {
      file: 'git',
      args: [...safely, ...args],
      label: commandLabel({ file: 'git', args }),
      cwd: folder,
      env: { ...environment, ...env },
      timeLimitMs,
      ...limits,
    };
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
  const hasAny = async (folder: string, commits: readonly string[], revisions: readonly string[]) => {
    const options = ['--max-count=1', ...(commits.length === 0 ? [] : ['--ignore-missing'])];
    return (await ask(folder, ['rev-list', ...options, ...commits, ...revisions])).stdout !== '';
  };
  const remoteUrl = async (folder: string, remote: string) => {
    const { exitCode, stdout } = await ask(folder, ['remote', 'get-url', '--', remote], { accepted: [0, 2, 128] });
    return exitCode === 0 ? stdout.trim() : null;
  };
  const status = async (folder: string, options: readonly string[], env = {}) =>
    entriesOf((await ask(folder, ['status', '--porcelain', '-z', '--no-renames', ...options], { env })).stdout);
  /** Whether a file with a flag that hides its changes exists. */
  const isAnyFlagged = async (topLevel: string) => {
    const entries = entriesOf((await ask(topLevel, ['ls-files', '-v', '-z'], manyNames)).stdout);
    const flagged = entries.filter((entry) => /^[a-zS]/.test(entry)).map((entry) => entry.slice('S '.length));
    // A name that is not UTF-8 cannot be looked up.
    return flagged.some((path) => path.includes('\ufffd') || entryKindAt(`${topLevel}/${path}`) !== null);
  };
  /** Compares all contents with HEAD, in an index of its own: it has no flags, and no times of files to trust. */
  const differsFromHead = async (topLevel: string) => {
    const dir = mkdtempSync(`${tmpdir()}/maitred-index-`);
    try {
      const env = { GIT_INDEX_FILE: `${dir}/index` };
      await ask(topLevel, ['read-tree', 'HEAD'], { env });
      const changes = await status(topLevel, ['--untracked-files=no', '--ignore-submodules=all'], env);
      return changes.some((entry) => !entry.startsWith(' D'));
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  };

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
    async places(folder) {
      const { stdout } = await ask(folder, [
        'rev-parse',
        '--path-format=absolute',
        '--show-toplevel',
        '--git-dir',
        '--git-common-dir',
      ]);
      const [topLevel = '', gitDir = '', commonDir = ''] = stdout.split('\n');
      return { topLevel, gitDir, commonDir };
    },
    async trackedFiles(topLevel, folder, signal) {
      const env = { GIT_LITERAL_PATHSPECS: '1' };
      return entriesOf((await ask(topLevel, ['ls-files', '-z', '--', folder], { env, signal, ...manyNames })).stdout);
    },
    async uncommittedChanges(topLevel) {
      const visible = await status(topLevel, ['--untracked-files=normal', '--ignore-submodules=none']);
      if (visible.length > 0) return 'visible';
      return (await isAnyFlagged(topLevel)) && (await differsFromHead(topLevel)) ? 'overlooked' : 'none';
    },
    changes: (topLevel) => status(topLevel, ['--untracked-files=all', '--ignore-submodules=none']),
    async head(folder) {
      const head = (await ask(folder, ['rev-parse', '--verify', 'HEAD'])).stdout.trim();
      const { exitCode, stdout } = await ask(folder, ['symbolic-ref', '--quiet', 'HEAD'], { accepted: [0, 1] });
      return { head, branch: exitCode === 0 ? stdout.trim().replace(/^refs\/heads\//, '') : null };
    },
    async setAside(topLevel, commit, message) {
      await ask(topLevel, ['reset', '--quiet', '--mixed', commit]);
      const stash = ['stash', 'push', '--quiet', `--message=${message}`];
      // Tracked files first: with the .gitignore of the commit, what it ignores is not taken for new.
      await ask(topLevel, stash);
      await ask(topLevel, [...stash, '--include-untracked']);
    },
    remoteUrl,
    async remotes(folder) {
      const names = (await ask(folder, ['remote'])).stdout.split('\n').slice(0, -1);
      const urls = new Map<string, string>();
      for (const name of names) {
        const url = await remoteUrl(folder, name);
        if (url !== null) urls.set(name, url);
      }
      return urls;
    },
    hasCommitsBeyond: (folder, remotes, commits) =>
      hasAny(folder, commits, ['--all', '--not', ...remotes.map((remote) => `--remotes=${remote}`)]),
    hasLooseCommits: (folder, commits) =>
      hasAny(folder, commits, ['HEAD', '--glob=refs/worktree', '--not', '--branches', '--tags', '--remotes']),
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
  readonly env?: Readonly<Record<string, string>>;
  readonly mostOutputBytes?: number;
}

const outputChars = 4_000;

/** Enough for the names of a million files. */
const manyNames = { mostOutputBytes: 64 * 1_024 ** 2 };

/** Each entry of the output ends with a NUL. */
const entriesOf = (stdout: string) => stdout.split('\0').slice(0, -1);
