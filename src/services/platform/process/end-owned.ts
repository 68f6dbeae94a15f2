import { type EndingLimits, forceLimitMs } from '../../../domain/child-process.ts';
import { wait } from '../../../domain/timers.ts';
import type { OwnedProcesses } from './owned-processes.ts';
import type { ProcessRow, ProcessTable } from './process-table.ts';

export interface EndingOptions {
  readonly limits: EndingLimits;
  readonly signal: AbortSignal;
  /** Called for every process that did not end by itself, perhaps more than once. */
  onSignalled?(row: ProcessRow): void;
}

const firstPauseMs = 2;
const longestPauseMs = 50;
const killRounds = 5;

/**
 * Ends every process of an owner. Waits `settleMs` for those that are about to end, sends the others SIGTERM (and SIGCONT, so that
 * stopped ones receive it), and after `graceMs` kills the rest, new ones too, until a reading of the whole machine finds none.
 * @returns those that SIGKILL did not end in time: the kernel holds them, or they run as another user now
 * @throws the signal's reason when it is aborted; signals that were sent stay sent
 *
 * Twice is safe, also at the same time.
 */
export async function endOwned(
  table: ProcessTable,
  owned: OwnedProcesses,
  { limits: { settleMs, graceMs }, signal, onSignalled }: EndingOptions,
): Promise<readonly ProcessRow[]> {
  const find = async () => {
    const rows = await owned.find();
    signal.throwIfAborted();
    return rows;
  };
  const send = (rows: readonly ProcessRow[], ...names: readonly NodeJS.Signals[]) => {
    for (const row of rows) onSignalled?.(row);
    for (const name of names) for (const row of rows) table.signal(row, name);
  };
  const terminate = (rows: readonly ProcessRow[]) => send(rows, 'SIGTERM', 'SIGCONT');
  const kill = (rows: readonly ProcessRow[]) => send(rows, 'SIGKILL');

  /** Until none is left or the time is up: checks the known ones, and reads the whole machine once they are gone. */
  const watch = async (
    rows: readonly ProcessRow[],
    limitMs: number,
    onNewcomers: (rows: readonly ProcessRow[]) => void,
  ) => {
    const endsAtMs = performance.now() + limitMs;
    let left = rows;
    for (let pauseMs = firstPauseMs; left.length > 0; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      const remainingMs = endsAtMs - performance.now();
      if (remainingMs <= 0) break;
      await wait(Math.min(pauseMs, remainingMs), signal);
      left = left.filter(table.isAlive);
      if (left.length > 0) continue;
      left = await find();
      onNewcomers(left);
    }
    return left;
  };

  let left = await find();
  if (settleMs > 0) left = await watch(left, settleMs, () => undefined);
  if (graceMs > 0 && left.length > 0) {
    terminate(left);
    await watch(left, graceMs, terminate);
    left = await find();
  }
  kill(left);
  return watch(left, forceLimitMs, kill);
}

/** Kills every process of these owners, blocking: for the moments when the event loop does not turn again. */
export function killOwnedNow(table: ProcessTable, owners: readonly OwnedProcesses[]): void {
  // A process that was forked between the reading and the signal is found by the next reading.
  for (let round = 0; round < killRounds; round += 1) {
    const all = table.readNow();
    const left = owners.flatMap((owned) => owned.among(all));
    if (left.length === 0) return;
    for (const row of left) table.signal(row, 'SIGKILL');
  }
}
