import type { ProcessRow, ProcessTable, SameProcess } from '../../../../src/services/platform/process/process-table.ts';

export interface ATableRow extends ProcessRow {
  /** What each look at its environment shows, the last one ever after: a mark, none, or nothing at all during exec. */
  readonly shows: readonly (string | null | 'unknown')[];
}

/** A table whose processes are what a test says they are. */
export interface AProcessTable extends ProcessTable {
  rows: readonly ATableRow[];
  /** Of whole looks at the machine. */
  readonly looks: number;
  /** Who was asked for a mark, in order. */
  readonly asked: readonly number[];
  /** Where a test has something to say when it is asked; false else. */
  noneSince: (process: SameProcess) => boolean;
}

/** A process of a shell's, say, that has nothing to do with anything. */
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
  let looks = 0;
  const isSame = (one: SameProcess) => (other: SameProcess) =>
    one.pid === other.pid && one.startTicks === other.startTicks;
  const table: AProcessTable = {
    rows,
    noneSince: () => false,
    asked: askedAbout,
    get looks() {
      return looks;
    },
    read: async () => table.readNow(),
    readNow() {
      looks += 1;
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
