import { describe, expect, it } from 'vitest';
import { createOwnedProcesses } from '../../../../src/services/platform/process/owned-processes.ts';
import { type AProcessTable, type ATableRow, aProcessTable, aRow } from './a-process-table.ts';

const mark = 'server-a.1';
const root = aRow(100, { sessionId: 100, shows: [mark] });
const stranger = aRow(90, { startTicks: root.startTicks - 10 });

const ownedIn = (table: AProcessTable, ofRoot: ATableRow | null = root) =>
  createOwnedProcesses(table, { mark, root: ofRoot });

async function foundAmong(rows: readonly ATableRow[], ofRoot: ATableRow | null = root): Promise<number[]> {
  return pidsOf(await ownedIn(aProcessTable(rows), ofRoot).find());
}

const pidsOf = (rows: readonly { readonly pid: number }[]) => rows.map(({ pid }) => pid).sort((a, b) => a - b);

describe('To a run belongs', () => {
  it('its program, and every process in its session, without parent or mark', async () => {
    const leftBehind = aRow(101, { sessionId: 100 });
    expect(await foundAmong([stranger, root, leftBehind, aRow(102)])).toEqual([100, 101]);
  });

  it('a process in its session when the program itself is gone', async () => {
    expect(await foundAmong([stranger, aRow(101, { sessionId: 100 })])).toEqual([101]);
  });

  it('every descendant, in any session and order', async () => {
    const child = aRow(103, { parentPid: 100, sessionId: 103 });
    const grandchild = aRow(102, { parentPid: 103, sessionId: 102 });
    const greatGrandchild = aRow(101, { parentPid: 102, sessionId: 101 });
    expect(await foundAmong([greatGrandchild, grandchild, child, root])).toEqual([100, 101, 102, 103]);
  });

  it('every process with its mark, anywhere, and the descendants of that process', async () => {
    const bearer = aRow(101, { sessionId: 101, shows: [`outer.3:${mark}`] });
    const besideIt = aRow(102, { sessionId: 101 });
    const childOfThat = aRow(103, { parentPid: 102 });
    expect(await foundAmong([childOfThat, besideIt, bearer])).toEqual([101, 102, 103]);
  });

  it('no process with the mark of another run, or without one', async () => {
    const others = [aRow(101, { shows: ['server-a.10'] }), aRow(102, { shows: ['server-b.1'] }), aRow(103)];
    expect(await foundAmong([root, ...others])).toEqual([100]);
  });

  it('no older process with its mark', async () => {
    const older = aRow(99, { shows: [mark], startTicks: root.startTicks - 1 });
    expect(await foundAmong([older, root])).toEqual([100]);
    expect(await foundAmong([older, root], null)).toEqual([99, 100]);
  });

  it('no older process, even if a process with its mark is in the same session', async () => {
    const daemon = aRow(50, { sessionId: 40, startTicks: root.startTicks - 1 });
    const startedByIt = aRow(101, { sessionId: 40, parentPid: 50, shows: [mark] });
    expect(await foundAmong([daemon, root, startedByIt])).toEqual([100, 101]);
  });

  it('no process in a foreign session, except those with its mark', async () => {
    const shell = aRow(101, { sessionId: 101 });
    const daemon = aRow(102, { sessionId: 101, parentPid: 101 });
    const startedByIt = aRow(103, { sessionId: 101, parentPid: 102, shows: [mark] });
    expect(await foundAmong([shell, daemon, root, startedByIt])).toEqual([100, 103]);
    expect(await foundAmong([shell, daemon, root, startedByIt], null)).toEqual([100, 103]);
  });

  it('a process that shows the mark only after exec', async () => {
    const inExec = aRow(101, { shows: ['unknown', mark] });
    const table = aProcessTable([root, inExec]);
    expect(pidsOf(await ownedIn(table).find())).toEqual([100, 101]);
    expect(table.readings).toBe(2);
  });

  it('no process that never shows an environment, after three readings', async () => {
    const table = aProcessTable([root, aRow(101, { shows: ['unknown'] })]);
    expect(pidsOf(await ownedIn(table).find())).toEqual([100]);
    expect(table.readings).toBe(3);
  });

  it("no process of the kernel's shared sessions, even if one of its own is there", async () => {
    for (const sessionId of [0, 1]) {
      const bearer = aRow(101, { sessionId, shows: [mark] });
      expect(await foundAmong([bearer, aRow(102, { sessionId })])).toEqual([101]);
    }
  });
});

describe('To a run still belongs', () => {
  it('a member whose parents, session and mark are gone', async () => {
    const child = aRow(101, { parentPid: 100, sessionId: 100 });
    const table = aProcessTable([root, child]);
    const owned = ownedIn(table);
    await owned.find();
    table.rows = [{ ...child, parentPid: 1, sessionId: 101 }];
    expect(pidsOf(await owned.find())).toEqual([101]);
  });

  it('a process in a session that a member began', async () => {
    const leader = aRow(101, { parentPid: 100, sessionId: 101 });
    const table = aProcessTable([root, leader]);
    const owned = ownedIn(table);
    await owned.find();
    table.rows = [aRow(102, { sessionId: 101 })];
    expect(pidsOf(await owned.find())).toEqual([102]);
  });

  it('no later process with the pid of a member, nor its children', async () => {
    const child = aRow(101, { parentPid: 100, sessionId: 100 });
    const table = aProcessTable([root, child]);
    const owned = ownedIn(table);
    await owned.find();
    table.rows = [aRow(101, { startTicks: 5_000 }), aRow(102, { parentPid: 101, startTicks: 5_001 })];
    expect(await owned.find()).toEqual([]);
  });

  it('no process in a session of a later process with the pid of its leader', async () => {
    const table = aProcessTable([root]);
    const owned = ownedIn(table);
    await owned.find();
    const shell = aRow(100, { sessionId: 100, startTicks: 5_000 });
    table.rows = [shell, aRow(101, { parentPid: 100, sessionId: 100, startTicks: 5_001 })];
    expect(await owned.find()).toEqual([]);
  });
});

describe('Finding the processes of a run', () => {
  it('does not read the mark of members, nor of older processes', async () => {
    const table = aProcessTable([stranger, root, aRow(101, { parentPid: 100, sessionId: 100 }), aRow(102)]);
    await ownedIn(table).find();
    expect(new Set(table.asked)).toEqual(new Set([102]));
  });

  it('finds the same when it is blocking', () => {
    const table = aProcessTable([
      stranger,
      root,
      aRow(101, { parentPid: 100, sessionId: 101 }),
      aRow(102, { sessionId: 101 }),
      aRow(103, { sessionId: 103, shows: [mark] }),
      aRow(104, { shows: ['unknown'] }),
    ]);
    expect(pidsOf(ownedIn(table).among(table.readNow()))).toEqual([100, 101, 102, 103]);
  });

  it('is skipped when the program has ended and no process was started since', async () => {
    const table = aProcessTable([stranger]);
    table.noneSince = () => true;
    expect(await ownedIn(table).find()).toEqual([]);
    expect(table.readings).toBe(0);
  });

  it('is not skipped while the program runs, nor when another member was seen', async () => {
    const table = aProcessTable([root]);
    table.noneSince = () => true;
    const owned = ownedIn(table);
    expect(pidsOf(await owned.find())).toEqual([100]);
    const child = aRow(101, { parentPid: 100, sessionId: 100 });
    table.rows = [root, child];
    await owned.find();
    table.rows = [child];
    expect(pidsOf(await owned.find())).toEqual([101]);
  });

  it('finds processes that the program leaves behind when it ends during the reading', async () => {
    const table = aProcessTable([root]);
    const { isAlive } = table;
    const forkAndEnd = () => {
      table.rows = [aRow(101, { sessionId: 101, shows: [mark] })];
    };
    table.isAlive = (process) => {
      const wasAlive = isAlive(process);
      forkAndEnd();
      return wasAlive;
    };
    table.noneSince = ({ startTicks }) => {
      const wasNobody = table.rows.every((row) => row.startTicks <= startTicks);
      forkAndEnd();
      return wasNobody;
    };
    expect(pidsOf(await ownedIn(table).find())).toEqual([101]);
  });
});
