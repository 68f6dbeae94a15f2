import type { Leftover } from '../domain/leftover.ts';
import { totalBytesOf, type WorkspaceCleanReport } from './workspace-clean-text.ts';

/** The report for programs: snake_case, sizes in bytes, ages in milliseconds. */
export function workspaceCleanJson(report: WorkspaceCleanReport): object {
  const { runsRoot, worktreeRoot, isDone, stale, recent, kept, failed } = report;
  return {
    runs_root: runsRoot,
    worktree_root: worktreeRoot,
    [isDone ? 'removed' : 'would_remove']: stale.map(leftoverJson),
    bytes: totalBytesOf(stale),
    recent: recent.map(leftoverJson),
    kept: kept.map(leftoverJson),
    failed,
  };
}

function leftoverJson({ kind, path, ageMs, sizeBytes, verdict }: Leftover): object {
  const reasons = verdict.fate === 'kept' ? { reason: verdict.why, by_hand: verdict.byHand } : {};
  return { kind, path, bytes: sizeBytes, age_ms: ageMs === null ? null : Math.round(ageMs), ...reasons };
}
