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

describe('To a piece of work belongs', () => {
  it('its program, and who is in its session, without parent or mark', async () => {
    const leftBehind = aRow(101, { sessionId: 100 });
    expect(await foundAmong([stranger, root, leftBehind, aRow(102)])).toEqual([100, 101]);
  });

  it('who is in its session when the program itself is gone', async () => {
    expect(await foundAmong([stranger, aRow(101, { sessionId: 100 })])).toEqual([101]);
  });

  it('who descends from it, in whatever session and order', async () => {
    const child = aRow(103, { parentPid: 100, sessionId: 103 });
    const grandchild = aRow(102, { parentPid: 103, sessionId: 102 });
    const greatGrandchild = aRow(101, { parentPid: 102, sessionId: 101 });
    expect(await foundAmong([greatGrandchild, grandchild, child, root])).toEqual([100, 101, 102, 103]);
  });

  it('who bears its mark, wherever it is, and everybody of that one’s', async () => {
    const bearer = aRow(101, { sessionId: 101, shows: [`outer.3:${mark}`] });
    const besideIt = aRow(102, { sessionId: 101 });
    const childOfThat = aRow(103, { parentPid: 102 });
    expect(await foundAmong([childOfThat, besideIt, bearer])).toEqual([101, 102, 103]);
  });

  it('nobody with the mark of another work, or with none', async () => {
    const others = [aRow(101, { shows: ['server-a.10'] }), aRow(102, { shows: ['server-b.1'] }), aRow(103)];
    expect(await foundAmong([root, ...others])).toEqual([100]);
  });

  it('nobody with its mark who was there before it', async () => {
    const older = aRow(99, { shows: [mark], startTicks: root.startTicks - 1 });
    expect(await foundAmong([older, root])).toEqual([100]);
    expect(await foundAmong([older, root], null)).toEqual([99, 100]);
  });

  it('nobody who was there before it, though a bearer of its mark is in the same session', async () => {
    const daemon = aRow(50, { sessionId: 40, startTicks: root.startTicks - 1 });
    const startedByIt = aRow(101, { sessionId: 40, parentPid: 50, shows: [mark] });
    expect(await foundAmong([daemon, root, startedByIt])).toEqual([100, 101]);
  });

  it('nobody in a session that one who does not belong to it has begun, but for the bearers there', async () => {
    const shell = aRow(101, { sessionId: 101 });
    const daemon = aRow(102, { sessionId: 101, parentPid: 101 });
    const startedByIt = aRow(103, { sessionId: 101, parentPid: 102, shows: [mark] });
    expect(await foundAmong([shell, daemon, root, startedByIt])).toEqual([100, 103]);
    expect(await foundAmong([shell, daemon, root, startedByIt], null)).toEqual([100, 103]);
  });

  it('who shows the mark only after it has called exec', async () => {
    const inExec = aRow(101, { shows: ['unknown', mark] });
    const table = aProcessTable([root, inExec]);
    expect(pidsOf(await ownedIn(table).find())).toEqual([100, 101]);
    expect(table.looks).toBe(2);
  });

  it('nobody who never shows an environment, and three looks are enough to say so', async () => {
    const table = aProcessTable([root, aRow(101, { shows: ['unknown'] })]);
    expect(pidsOf(await ownedIn(table).find())).toEqual([100]);
    expect(table.looks).toBe(3);
  });

  it('nobody of the sessions that all without one of their own are in, though one of it is there', async () => {
    for (const sessionId of [0, 1]) {
      const bearer = aRow(101, { sessionId, shows: [mark] });
      expect(await foundAmong([bearer, aRow(102, { sessionId })])).toEqual([101]);
    }
  });
});

describe('To a piece of work belongs also later', () => {
  it('who did once, when its parents, its session and its mark are gone', async () => {
    const child = aRow(101, { parentPid: 100, sessionId: 100 });
    const table = aProcessTable([root, child]);
    const owned = ownedIn(table);
    await owned.find();
    table.rows = [{ ...child, parentPid: 1, sessionId: 101 }];
    expect(pidsOf(await owned.find())).toEqual([101]);
  });

  it('who is in a session that one of it had begun', async () => {
    const leader = aRow(101, { parentPid: 100, sessionId: 101 });
    const table = aProcessTable([root, leader]);
    const owned = ownedIn(table);
    await owned.find();
    table.rows = [aRow(102, { sessionId: 101 })];
    expect(pidsOf(await owned.find())).toEqual([102]);
  });

  it('nobody who has got the pid of one of it, nor that one’s children', async () => {
    const child = aRow(101, { parentPid: 100, sessionId: 100 });
    const table = aProcessTable([root, child]);
    const owned = ownedIn(table);
    await owned.find();
    table.rows = [aRow(101, { startTicks: 5_000 }), aRow(102, { parentPid: 101, startTicks: 5_001 })];
    expect(await owned.find()).toEqual([]);
  });

  it('nobody in a session that a later process with the pid of its leader has begun', async () => {
    const table = aProcessTable([root]);
    const owned = ownedIn(table);
    await owned.find();
    const shell = aRow(100, { sessionId: 100, startTicks: 5_000 });
    table.rows = [shell, aRow(101, { parentPid: 100, sessionId: 100, startTicks: 5_001 })];
    expect(await owned.find()).toEqual([]);
  });
});

describe('A look for the processes of a work', () => {
  it('does not ask for the mark of who belongs to it anyway, nor of who was there before', async () => {
    const table = aProcessTable([stranger, root, aRow(101, { parentPid: 100, sessionId: 100 }), aRow(102)]);
    await ownedIn(table).find();
    expect(new Set(table.asked)).toEqual(new Set([102]));
  });

  it('can be made where there is no time to wait, and finds the same then', () => {
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

  it('is spared when the program has ended and nothing has been started since', async () => {
    const table = aProcessTable([stranger]);
    table.noneSince = () => true;
    expect(await ownedIn(table).find()).toEqual([]);
    expect(table.looks).toBe(0);
  });

  it('is not spared while the program lives, nor when anybody else was seen with it', async () => {
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

  it('finds who the program leaves behind when it ends at the very moment of the look', async () => {
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
