import type { CleanupCandidate } from '../../domain/cleanup-candidate.ts';
import { totalBytesOf, type WorkspaceCleanReport } from './workspace-clean-text.ts';

/** The report for programs: snake_case, sizes in bytes, ages in milliseconds. */
export function workspaceCleanJson(report: WorkspaceCleanReport): object {
  const { runsRoot, worktreeRoot, isDone, stale, recent, kept, failed } = report;
  return {
    runs_root: runsRoot,
    worktree_root: worktreeRoot,
    [isDone ? 'removed' : 'would_remove']: stale.map(candidateJson),
    bytes: totalBytesOf(stale),
    recent: recent.map(candidateJson),
    kept: kept.map(candidateJson),
    failed,
  };
}

function candidateJson({ kind, path, ageMs, sizeBytes, verdict }: CleanupCandidate): object {
  const reasons = verdict.fate === 'kept' ? { reason: verdict.why, by_hand: verdict.byHand } : {};
  return { kind, path, bytes: sizeBytes, age_ms: ageMs === null ? null : Math.round(ageMs), ...reasons };
}
