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
  const members = new Map<number, number>(root === null ? [] : [[root.pid, root.startTicks]]);
  /** Sessions that were begun by a member: whoever is in one belongs to the owner. */
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
    // The pid was given out again: this session is not ours any more.
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
      if (
        root !== null &&
        members.size === 1 &&
        !table.isAlive(root) &&
        table.hasNobodySince(root, performance.now() - createdAtMs)
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

/** Where the leader of a session is gone, whoever has been in it longest stands for it. */
function eldestOfSessions(rows: readonly ProcessRow[]): ReadonlyMap<number, ProcessRow> {
  const eldest = new Map<number, ProcessRow>();
  for (const row of rows) {
    const known = eldest.get(row.sessionId);
    if (known === undefined || row.startTicks < known.startTicks) eldest.set(row.sessionId, row);
  }
  return eldest;
}

/** What belongs to a server: whoever bears its mark, and whatever these programs of it have started. */
export function ownedByServer(table: ProcessTable, serverId: string, programs: readonly SameProcess[]): OwnedProcesses {
  const owners = [null, ...programs].map((root) => createOwnedProcesses(table, { mark: serverId, root }));
  const among = (all: readonly ProcessRow[]) => [...new Set(owners.flatMap((owned) => owned.among(all)))];
  return { among, find: async () => among(await table.read()) };
}
