import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { AppError, toFault } from '../../domain/app-error.ts';
import type { CleanupCandidate } from '../../domain/cleanup-candidate.ts';
import type { Worktree } from '../../domain/worktree-list.ts';
import { createGit, type Git } from '../../services/git/git.ts';
import { readOwnUid } from '../../services/platform/own-uid.ts';
import { runShortCommand } from '../../services/platform/process/run-short-command.ts';
import { isSameProcessAlive } from '../../services/platform/process-identity.ts';
import { createServerRecordReader } from '../../services/state/server-records/server-record-reader.ts';
import { createWorkspaceCleanup, type WorkspaceCleanup } from '../../services/workspace/cleanup/workspace-cleanup.ts';
import { emptyFolder } from '../../services/workspace/empty-folder.ts';
import { workspacePlacesOf } from '../../services/workspace/workspace-places.ts';
import type { CliHost } from '../cli-host.ts';
import type { Paint } from '../paint.ts';
import { readProjectConfig } from '../project-config.ts';
import { reportRemovals } from '../report.ts';
import { stateFolderOf } from '../state-folder-of.ts';
import { removalsOf, type WorkspaceCleanReport } from './workspace-clean-report.ts';

export interface WorkspaceCleanOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/**
 * `maitred workspace clean`: lists the runs and worktrees that can go and what keeps the others, and with `--yes` removes the former.
 * @throws AppError `unavailable` if something could not be removed; the rest is removed
 */
export async function runWorkspaceClean(host: CliHost, options: WorkspaceCleanOptions, paint: Paint): Promise<void> {
  const { dryRun = false, yes = false, json: asJson = false } = options;
  if (dryRun && yes) throw new AppError('invalid_input', '--dry-run and --yes exclude each other: leave one out');
  reportRemovals(host, asJson, removalsOf(await makeReport(host, yes), paint));
}

async function makeReport(host: CliHost, isDone: boolean): Promise<WorkspaceCleanReport> {
  const { config, projectDir } = readProjectConfig(host);
  const git = createGit(runShortCommand);
  const worktrees = await worktreesOf(git, projectDir);
  const { runsRoot, worktreeRoot } = workspacePlacesOf(config.workspace, {
    // In a worktree, the roots are still beside the main folder of the project.
    projectDir: worktrees[0]?.path ?? projectDir,
    homeDir: host.homeDir,
    tempDir: tmpdir(),
  });
  const cleanup = createWorkspaceCleanup({
    runsRoot,
    worktreeRoot,
    worktrees,
    inUse: [host.cwd(), projectDir, ...projectsOfLiveServers(host)],
    marker: config.safety.reset_guard_marker,
    git,
    emptyFolder,
  });
  const all = await cleanup.list();
  const stale = all.filter(({ verdict }) => verdict.fate === 'stale');
  const failed = isDone ? await removeAll(cleanup, stale) : [];
  return {
    runsRoot,
    worktreeRoot,
    isDone,
    stale: stale.filter(({ path }) => !failed.some((failure) => failure.path === path)),
    recent: all.filter(({ verdict }) => verdict.fate === 'recent'),
    kept: all.filter(({ verdict }) => verdict.fate === 'kept'),
    failed,
  };
}

/** None without a repository. */
const worktreesOf = async (git: Git, projectDir: string): Promise<readonly Worktree[]> =>
  existsSync(`${projectDir}/.git`) ? git.worktrees(projectDir) : [];

function projectsOfLiveServers(host: CliHost): string[] {
  const { records } = createServerRecordReader({ folder: stateFolderOf(host), ownUid: readOwnUid() }).list();
  return records.filter((record) => isSameProcessAlive(record.process)).map((record) => record.projectDir);
}

async function removeAll(cleanup: WorkspaceCleanup, stale: readonly CleanupCandidate[]) {
  const failed: { path: string; error: string }[] = [];
  for (const candidate of stale) {
    try {
      await cleanup.remove(candidate);
    } catch (thrown) {
      failed.push({ path: candidate.path, error: toFault(thrown).message });
    }
  }
  return failed;
}
