import { setTimeout as wait } from 'node:timers/promises';
import { type EndingLimits, forceLimitMs } from '../../../domain/child-process.ts';
import type { OwnedProcesses } from './owned-processes.ts';
import type { ProcessRow, ProcessTable } from './process-table.ts';

export interface EndingOptions {
  readonly limits: EndingLimits;
  readonly signal: AbortSignal;
  /** Called for every process that did not end by itself, perhaps more than once. */
  onSignalled?(row: ProcessRow): void;
}

const firstLookMs = 2;
const longestLookMs = 50;
const killRounds = 5;

/**
 * Ends every process of an owner: lets those finish that are about to, asks the others (SIGTERM, and SIGCONT so that stopped ones
 * hear it), and kills what is left, newcomers too, until a look at the whole machine finds nobody.
 * @returns those that even SIGKILL did not end in time: the kernel holds them, or they have become somebody else's
 * @throws the signal's reason, when it is aborted; those that have been asked stay asked
 *
 * Twice is safe, also at the same time.
 */
export async function endOwned(
  table: ProcessTable,
  owned: OwnedProcesses,
  { limits: { settleMs, graceMs }, signal, onSignalled }: EndingOptions,
): Promise<readonly ProcessRow[]> {
  const look = async () => {
    const rows = await owned.find();
    signal.throwIfAborted();
    return rows;
  };
  const send = (rows: readonly ProcessRow[], ...names: readonly NodeJS.Signals[]) => {
    for (const row of rows) onSignalled?.(row);
    for (const name of names) for (const row of rows) table.signal(row, name);
  };
  const ask = (rows: readonly ProcessRow[]) => send(rows, 'SIGTERM', 'SIGCONT');
  const kill = (rows: readonly ProcessRow[]) => send(rows, 'SIGKILL');

  /** Until nobody is left or the time is up: looks at those who are known, and at the whole machine once they are gone. */
  const watch = async (
    rows: readonly ProcessRow[],
    limitMs: number,
    onNewcomers: (rows: readonly ProcessRow[]) => void,
  ) => {
    const endsAtMs = performance.now() + limitMs;
    let left = rows;
    for (let lookMs = firstLookMs; left.length > 0; lookMs = Math.min(2 * lookMs, longestLookMs)) {
      const remainingMs = endsAtMs - performance.now();
      if (remainingMs <= 0) break;
      await wait(Math.min(lookMs, remainingMs), undefined, { signal }).catch(() => signal.throwIfAborted());
      left = left.filter(table.isAlive);
      if (left.length > 0) continue;
      left = await look();
      onNewcomers(left);
    }
    return left;
  };

  let left = await look();
  if (settleMs > 0) left = await watch(left, settleMs, () => undefined);
  if (graceMs > 0 && left.length > 0) {
    ask(left);
    await watch(left, graceMs, ask);
    left = await look();
  }
  kill(left);
  return watch(left, forceLimitMs, kill);
}

/** Kills every process of these owners, blocking: for the moments when the event loop does not turn again. */
export function killOwnedNow(table: ProcessTable, owners: readonly OwnedProcesses[]): void {
  // Whoever was forked between the look and the signal is found by the next look.
  for (let round = 0; round < killRounds; round += 1) {
    const all = table.readNow();
    const left = owners.flatMap((owned) => owned.among(all));
    if (left.length === 0) return;
    for (const row of left) table.signal(row, 'SIGKILL');
  }
}
