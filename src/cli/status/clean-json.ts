import { type CleanReport, totalBytesOf } from './clean-report.ts';

/** The report for programs: snake_case, sizes in bytes, ages in milliseconds. */
export function cleanJson({ stateDir, isDone, items, failed, unreadable }: CleanReport): object {
  return {
    state_dir: stateDir,
    [isDone ? 'removed' : 'would_remove']: items.map(({ kind, file, ageMs, reason }) => ({
      kind,
      path: file.path,
      bytes: file.sizeBytes,
      age_ms: Math.round(ageMs),
      reason,
    })),
    bytes: totalBytesOf(items),
    failed,
    unreadable,
  };
}
