import { isOwnedBy } from '../../../domain/owner-mark.ts';
import { wait } from '../../../domain/timers.ts';
import type { ProcessRow, ProcessTable, SameProcess } from './process-table.ts';

/** The owner of processes. */
export interface Owner {
  /** What their mark names: a server, or one of its runs. */
  readonly mark: string;
  /** The first process of the run, which leads a session of its own. null where it is not known: then only the mark counts. */
  readonly root: SameProcess | null;
}

/** Remembers what once belonged to the owner: a process still does when its parent and its session leader are gone. */
export interface OwnedProcesses {
  /** The processes of the owner that exist now. */
  find(): Promise<readonly ProcessRow[]>;
  /** Selects them from the processes of the machine. */
  among(all: readonly ProcessRow[]): readonly ProcessRow[];
}

/** A process that calls exec while it is read shows its mark at the next reading. */
const readAgainAfterMs = 5;
const readingsAtMost = 3;

/**
 * Finds a process in three ways, because each can fail: by its session, unless it made one of its own (`setsid`); by its parents,
 * unless they have ended (a double fork); by its mark, unless it cleared or overwrote its environment.
 */
export function createOwnedProcesses(table: ProcessTable, { mark, root }: Owner): OwnedProcesses {
  /** Start times by pid, of processes that belonged to the owner when they were read. */
  const members = new Map<number, number>(root === null ? [] : [[root.pid, root.startTicks]]);
  /** Sessions that a member began: every process in one belongs to the owner. */
  const sessions = new Set<number>(root === null ? [] : [root.pid]);
  const createdAtMs = performance.now();
  let isUnsure = false;

  const isMember = (row: SameProcess | undefined) => row !== undefined && members.get(row.pid) === row.startTicks;

  const bearsMark = (row: ProcessRow) => {
    const shown = table.ownerMarkOf(row);
    if (shown === 'unknown') isUnsure = true;
    return shown !== 'unknown' && shown.mark !== null && isOwnedBy(shown.mark, mark);
  };

  const among = (all: readonly ProcessRow[]) => {
    isUnsure = false;
    const rows = new Map(all.map((row) => [row.pid, row]));
    const eldest = eldestOfSessions(all);
    // The pid was assigned again: this session is no longer ours.
    for (const id of sessions) if (rows.has(id) && !isMember(rows.get(id))) sessions.delete(id);
    const young = root === null ? all : all.filter(({ startTicks }) => startTicks >= root.startTicks);
    const belongs = (row: ProcessRow) =>
      isMember(row) || sessions.has(row.sessionId) || isMember(rows.get(row.parentPid)) || bearsMark(row);
    const owned = new Set<ProcessRow>();
    for (let before = -1; before !== owned.size; ) {
      before = owned.size;
      for (const row of young) {
        if (owned.has(row) || !belongs(row)) continue;
        owned.add(row);
        members.set(row.pid, row.startTicks);
        const leader = rows.get(row.sessionId) ?? eldest.get(row.sessionId);
        if (leader === row && row.sessionId > 1) sessions.add(row.sessionId);
      }
    }
    return [...owned];
  };

  return {
    async find() {
      const wasAlone = root !== null && members.size === 1 && !table.isAlive(root);
      if (wasAlone && table.hasNoneSince(root, performance.now() - createdAtMs)) return [];
      for (let reading = 1; ; reading += 1) {
        const owned = among(await table.read());
        if (!isUnsure || reading === readingsAtMost) return owned;
        await wait(readAgainAfterMs);
      }
    },
    among,
  };
}

/** The oldest process of each session, which stands for a leader that is gone. */
function eldestOfSessions(rows: readonly ProcessRow[]): ReadonlyMap<number, ProcessRow> {
  const eldest = new Map<number, ProcessRow>();
  for (const row of rows) {
    const known = eldest.get(row.sessionId);
    if (known === undefined || row.startTicks < known.startTicks) eldest.set(row.sessionId, row);
  }
  return eldest;
}

/** What belongs to a server: every process with its mark, and everything that its programs have started. */
export function ownedByServer(table: ProcessTable, serverId: string, programs: readonly SameProcess[]): OwnedProcesses {
  const owners = [null, ...programs].map((root) => createOwnedProcesses(table, { mark: serverId, root }));
  const among = (all: readonly ProcessRow[]) => [...new Set(owners.flatMap((owned) => owned.among(all)))];
  return { among, find: async () => among(await table.read()) };
}
