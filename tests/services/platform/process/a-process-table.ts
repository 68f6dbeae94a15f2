import type { ProcessRow, ProcessTable, SameProcess } from '../../../../src/services/platform/process/process-table.ts';

export interface ATableRow extends ProcessRow {
  /** What each reading of its environment shows, the last one from then on: a mark, none, or `unknown` during exec. */
  readonly shows: readonly (string | null | 'unknown')[];
}

/** A table with the processes of a test. */
export interface AProcessTable extends ProcessTable {
  rows: readonly ATableRow[];
  /** Number of readings of the whole machine. */
  readonly readings: number;
  /** The pids whose mark was read, in order. */
  readonly asked: readonly number[];
  /** Set by a test; false by default. */
  noneSince: (process: SameProcess) => boolean;
}

/** An unrelated process, such as one of a shell. */
export const aRow = (pid: number, row: Partial<ATableRow> = {}): ATableRow => ({
  pid,
  parentPid: 1,
  sessionId: 5,
  startTicks: 1_000 + pid,
  shows: [null],
  ...row,
});

export function aProcessTable(rows: readonly ATableRow[]): AProcessTable {
  const askedAbout: number[] = [];
  let readings = 0;
  const isSame = (one: SameProcess) => (other: SameProcess) =>
    one.pid === other.pid && one.startTicks === other.startTicks;
  const table: AProcessTable = {
    rows,
    noneSince: () => false,
    asked: askedAbout,
    get readings() {
      return readings;
    },
    read: async () => table.readNow(),
    readNow() {
      readings += 1;
      return table.rows;
    },
    hasNoneSince: (process) => table.noneSince(process),
    find: (pid) => table.rows.find((row) => row.pid === pid) ?? { pid, startTicks: 0 },
    isAlive: (process) => table.rows.some(isSame(process)),
    ownerMarkOf({ pid }) {
      const before = askedAbout.filter((one) => one === pid).length;
      askedAbout.push(pid);
      const shows = table.rows.find((row) => row.pid === pid)?.shows ?? [];
      const shown = shows[Math.min(before, shows.length - 1)] ?? null;
      return shown === 'unknown' ? 'unknown' : { mark: shown };
    },
    signal(process) {
      table.rows = table.rows.filter((row) => !isSame(process)(row));
    },
  };
  return table;
}
