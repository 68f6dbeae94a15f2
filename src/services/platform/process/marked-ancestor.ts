import type { ProcessTable } from './process-table.ts';

/** Whether a process was started, at any distance, by a process with a server's mark, also if the mark was cleared on the way. */
export function hasMarkedAncestor(pid: number, table: Pick<ProcessTable, 'readNow' | 'ownerMarkOf'>): boolean {
  const rows = new Map(table.readNow().map((row) => [row.pid, row]));
  const seen = new Set<number>();
  for (let row = rows.get(pid); row !== undefined && !seen.has(row.pid); row = rows.get(row.parentPid)) {
    seen.add(row.pid);
    const owner = table.ownerMarkOf(row);
    if (owner !== 'unknown' && owner.mark !== null) return true;
  }
  return false;
}
