import { setTimeout as wait } from 'node:timers/promises';
import { isOwnedBy } from '../../../domain/owner-mark.ts';
import type { ProcessRow, ProcessTable, SameProcess } from './process-table.ts';

/** Whose processes are looked for. */
export interface Owner {
  /** What their mark names: a server, or a piece of its work. */
  readonly mark: string;
  /** The first process of the work, which leads a session of its own. null: not known, the mark alone tells. */
  readonly root: SameProcess | null;
}

/** Keeps in mind what belonged to the owner once: a process whose parent and leader are gone still does. */
export interface OwnedProcesses {
  /** The processes of the owner that are there now. */
  find(): Promise<readonly ProcessRow[]>;
  /** Those among the processes of the machine. */
  among(all: readonly ProcessRow[]): readonly ProcessRow[];
}

/** A process that calls exec while it is looked at shows its mark at the next look. */
const lookAgainAfterMs = 5;
const looksAtMost = 3;

/**
 * Three ways lead to a process, each where another fails: its session, unless it has made one of its own (`setsid`); its
 * parents, unless they have ended (a double fork); its mark, unless it has cleared or overwritten its environment.
 */
export function createOwnedProcesses(table: ProcessTable, { mark, root }: Owner): OwnedProcesses {
  /** What belonged to the owner when it was seen: start by pid. */
  const members = new Map<number, number>();
  /** Every session of a member was begun by us or by ours: whoever is in one belongs to it. */
  const sessions = new Set<number>();
  let isUnsure = false;
  const createdAtMs = performance.now();

  const admit = ({ pid, startTicks }: SameProcess, sessionId: number) => {
    members.set(pid, startTicks);
    if (sessionId > 1) sessions.add(sessionId);
  };
  if (root !== null) admit(root, root.pid);

  const isMember = ({ pid, startTicks, sessionId, parentPid }: ProcessRow, rows: ReadonlyMap<number, ProcessRow>) => {
    const parent = rows.get(parentPid);
    return (
      members.get(pid) === startTicks ||
      sessions.has(sessionId) ||
      (parent !== undefined && members.get(parentPid) === parent.startTicks)
    );
  };

  const bearsMark = (row: ProcessRow) => {
    if (root !== null && row.startTicks < root.startTicks) return false;
    const shown = table.ownerMarkOf(row);
    if (shown === 'unknown') isUnsure = true;
    return shown !== 'unknown' && shown.mark !== null && isOwnedBy(shown.mark, mark);
  };

  const among = (all: readonly ProcessRow[]) => {
    isUnsure = false;
    const rows = new Map(all.map((row) => [row.pid, row]));
    const owned = new Set<ProcessRow>();
    for (let before = -1; before !== owned.size; ) {
      before = owned.size;
      for (const row of all) {
        if (owned.has(row) || !(isMember(row, rows) || bearsMark(row))) continue;
        owned.add(row);
        admit(row, row.sessionId);
      }
    }
    return [...owned];
  };

  return {
    async find() {
      if (
        root !== null &&
        members.size === 1 &&
        table.hasNobodySince(root, performance.now() - createdAtMs) &&
        !table.isAlive(root)
      )
        return [];
      for (let look = 1; ; look += 1) {
        const owned = among(await table.read());
        if (!isUnsure || look === looksAtMost) return owned;
        await wait(lookAgainAfterMs);
      }
    },
    among,
  };
}
