import { type CleanupCandidate, type CleanupCandidateKind, staleAfterMs } from '../../domain/cleanup-candidate.ts';
import { countText } from '../../domain/count-text.ts';
import { durationText } from '../../domain/duration-text.ts';
import { printable } from '../../domain/printable-text.ts';
import { showCommand } from '../../domain/show-command.ts';
import { bytesText } from '../bytes-text.ts';
import type { Paint } from '../paint.ts';

export interface WorkspaceCleanReport {
  readonly runsRoot: string;
  readonly worktreeRoot: string;
  /** Whether the stale ones have been removed, or would be. */
  readonly isDone: boolean;
  readonly stale: readonly CleanupCandidate[];
  readonly recent: readonly CleanupCandidate[];
  readonly kept: readonly CleanupCandidate[];
  readonly failed: readonly { readonly path: string; readonly error: string }[];
}

/** The report for people. Every line is free of control characters but for our own colours. */
export function workspaceCleanText(report: WorkspaceCleanReport, paint: Paint): string {
  const { runsRoot, worktreeRoot, isDone, stale, recent, kept, failed } = report;
  const staleOf = (kind: CleanupCandidateKind) => stale.filter((candidate) => candidate.kind === kind);
  const block = (head: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [[paint('strong', printable(head)), ...lines.map((line) => `  ${printable(line)}`)]];
  const removal = (title: string, items: readonly CleanupCandidate[]) =>
    block(
      `${title}: ${countText(items.length, 'folder')}, ${bytesText(totalBytesOf(items))} ${isDone ? 'removed' : 'would go'}`,
      items.map((item) => `${item.path}: ${ageText(item)}`),
    );
  const blocks = [
    ...removal(`runs in ${runsRoot}`, staleOf('run')),
    ...removal(`worktrees in ${worktreeRoot}`, staleOf('worktree')),
    ...block(
      `recent: ${countText(recent.length, 'folder')} touched within ${durationText(staleAfterMs)}`,
      recent.map((item) => `${item.path}: ${ageText(item)}`),
    ),
    ...block(`kept: ${kept.length}`, kept.map(keptText)),
  ];
  if (stale.length === 0 && failed.length === 0) blocks.unshift(['Nothing to remove.']);
  return blocks.map((lines) => `${lines.join('\n')}\n`).join('\n');
}

export const totalBytesOf = (items: readonly CleanupCandidate[]): number =>
  items.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);

const ageText = ({ ageMs, sizeBytes }: CleanupCandidate) =>
  ageMs === null ? '' : `untouched for ${durationText(ageMs)}, ${bytesText(sizeBytes ?? 0)}`;

function keptText({ path, verdict }: CleanupCandidate): string {
  if (verdict.fate !== 'kept') return path;
  const { why, byHand } = verdict;
  return `${path}: ${why}${byHand === null ? '' : `; by hand: ${showCommand(byHand)}`}`;
}
