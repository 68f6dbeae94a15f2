import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { AppError, toFault } from '../../domain/app-error.ts';
import { bytesText } from '../../domain/bytes-text.ts';
import {
  type CleanupCandidate,
  type CleanupCandidateKind,
  type CleanupVerdict,
  staleAfterMs,
} from '../../domain/cleanup-candidate.ts';
import { countText } from '../../domain/count-text.ts';
import { durationText } from '../../domain/duration-text.ts';
import { showCommand } from '../../domain/show-command.ts';
import { createGit } from '../../services/git/git.ts';
import { runShortCommand } from '../../services/platform/process/run-short-command.ts';
import { createWorkspaceCleanup, type WorkspaceCleanup } from '../../services/workspace/cleanup/workspace-cleanup.ts';
import { emptyFolder } from '../../services/workspace/empty-folder.ts';
import { createFindLosses } from '../../services/workspace/find-losses.ts';
import { workspacePlacesOf } from '../../services/workspace/workspace-places.ts';
import type { CliHost } from '../cli-host.ts';
import { readProjectConfig } from '../project-config.ts';
import { type Paint, paintFor, type Removals, removalText, reportRemovals, sumOf, titledBlock } from '../report.ts';
import { runningServersIn, stateFolderOf } from '../state-folder-of.ts';

export interface WorkspaceCleanOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/**
 * `maitred workspace clean`: lists the runs and worktrees that can go and what keeps the others, and with `--yes` removes the former.
 * @throws AppError `unavailable` if something could not be removed; the rest is removed
 */
export async function runWorkspaceClean(host: CliHost, options: WorkspaceCleanOptions): Promise<void> {
  const { dryRun = false, yes: isDone = false, json: asJson = false } = options;
  if (dryRun && isDone) throw new AppError('invalid_input', '--dry-run and --yes exclude each other: leave one out');
  const { cleanup, ...roots } = await cleanupOf(host);
  const all = await cleanup.list();
  const withFate = (fate: CleanupVerdict['fate']) => all.filter(({ verdict }) => verdict.fate === fate);
  const failed = isDone ? await removeAll(cleanup, withFate('stale')) : [];
  const removed = withFate('stale').filter(({ path }) => !failed.some((failure) => failure.path === path));
  const candidates = { removed, recent: withFate('recent'), kept: withFate('kept'), failed };
  reportRemovals(host, asJson, removalsOf({ ...roots, ...candidates, isDone }, paintFor(host)));
}

/** The cleanup for the project around the working folder, and its roots. */
async function cleanupOf(host: CliHost) {
  const { config, projectDir } = readProjectConfig(host);
  const git = createGit(runShortCommand);
  const worktrees = existsSync(`${projectDir}/.git`) ? await git.worktrees(projectDir) : [];
  const { runsRoot, worktreeRoot } = workspacePlacesOf(config.workspace, {
    // In a worktree, the roots are still beside the main folder of the project.
    projectDir: worktrees[0]?.path ?? projectDir,
    homeDir: host.homeDir,
    tempDir: tmpdir(),
  });
  const projectsInUse = runningServersIn(stateFolderOf(host)).map((record) => record.projectDir);
  const inUse = [host.cwd(), projectDir, ...projectsInUse];
  const marker = config.safety.reset_guard_marker;
  const findLosses = createFindLosses(git);
  const options = { runsRoot, worktreeRoot, worktrees, inUse, marker, git, findLosses, emptyFolder };
  return { cleanup: createWorkspaceCleanup(options), runsRoot, worktreeRoot };
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

interface WorkspaceCleanReport {
  readonly runsRoot: string;
  readonly worktreeRoot: string;
  /** Whether `removed` lists what was removed, or what would be. */
  readonly isDone: boolean;
  readonly removed: readonly CleanupCandidate[];
  readonly recent: readonly CleanupCandidate[];
  readonly kept: readonly CleanupCandidate[];
  readonly failed: readonly { readonly path: string; readonly error: string }[];
}

function removalsOf(report: WorkspaceCleanReport, paint: Paint): Removals {
  const { runsRoot, worktreeRoot, isDone, removed, recent, kept, failed } = report;
  const what = { thing: 'folder', isDone } as const;
  const block = (title: string, summary: string, items: readonly CleanupCandidate[]) =>
    titledBlock(paint, title, summary, items.map(itemText));
  const removal = (title: string, kind: CleanupCandidateKind) => {
    const items = removed.filter((candidate) => candidate.kind === kind);
    const sizes = items.map(({ sizeBytes }) => sizeBytes);
    return block(title, removalText(sizes, what), items);
  };
  return {
    ...what,
    count: removed.length,
    json: {
      runs_root: runsRoot,
      worktree_root: worktreeRoot,
      [isDone ? 'removed' : 'would_remove']: removed.map(itemJson),
      bytes: sumOf(removed.map(({ sizeBytes }) => sizeBytes)),
      recent: recent.map(itemJson),
      kept: kept.map(itemJson),
      failed,
    },
    blocks: [
      removal(`runs in ${runsRoot}`, 'run'),
      removal(`worktrees in ${worktreeRoot}`, 'worktree'),
      block('recent', `${countText(recent.length, 'folder')} changed within ${durationText(staleAfterMs)}`, recent),
      block('kept', countText(kept.length, 'folder'), kept),
    ],
    failures: failed.map(({ path, error }) => `${path}: ${error}`),
  };
}

function itemText({ path, ageMs, sizeBytes, verdict }: CleanupCandidate): string {
  if (verdict.fate !== 'kept')
    return `${path}: unchanged for ${durationText(ageMs ?? 0)}, ${bytesText(sizeBytes ?? 0)}`;
  const { why, byHand } = verdict;
  return `${path}: ${why}${byHand === null ? '' : `; to remove it: ${showCommand(byHand)}`}`;
}

/** snake_case, sizes in bytes, ages in milliseconds. */
function itemJson({ kind, path, ageMs, sizeBytes, verdict }: CleanupCandidate): object {
  const reasons = verdict.fate === 'kept' ? { reason: verdict.why, by_hand: verdict.byHand } : {};
  return { kind, path, bytes: sizeBytes, age_ms: ageMs === null ? null : Math.round(ageMs), ...reasons };
}
