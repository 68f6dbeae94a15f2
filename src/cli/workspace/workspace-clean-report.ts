import { type CleanupCandidate, type CleanupCandidateKind, staleAfterMs } from '../../domain/cleanup-candidate.ts';
import { countText } from '../../domain/count-text.ts';
import { durationText } from '../../domain/duration-text.ts';
import { showCommand } from '../../domain/show-command.ts';
import type { Paint } from '../paint.ts';
import { bytesText, type Removals, removalText, sumOf, titledBlock } from '../report.ts';

export interface WorkspaceCleanReport {
  readonly runsRoot: string;
  readonly worktreeRoot: string;
  /** Whether the stale ones have been removed. */
  readonly isDone: boolean;
  readonly stale: readonly CleanupCandidate[];
  readonly recent: readonly CleanupCandidate[];
  readonly kept: readonly CleanupCandidate[];
  readonly failed: readonly { readonly path: string; readonly error: string }[];
}

export function removalsOf(report: WorkspaceCleanReport, paint: Paint): Removals {
  const { runsRoot, worktreeRoot, isDone, stale, recent, kept, failed } = report;
  const removed = { thing: 'folder', isDone } as const;
  const block = (title: string, summary: string, items: readonly CleanupCandidate[]) =>
    titledBlock(paint, title, summary, items.map(itemText));
  const removal = (title: string, kind: CleanupCandidateKind) => {
    const items = stale.filter((candidate) => candidate.kind === kind);
    return block(
      title,
      removalText(
        items.map(({ sizeBytes }) => sizeBytes),
        removed,
      ),
      items,
    );
  };
  return {
    ...removed,
    count: stale.length,
    json: {
      runs_root: runsRoot,
      worktree_root: worktreeRoot,
      [isDone ? 'removed' : 'would_remove']: stale.map(itemJson),
      bytes: sumOf(stale.map(({ sizeBytes }) => sizeBytes)),
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
