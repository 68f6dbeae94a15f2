import { describe, expect, it } from 'vitest';
import type { EndingLimits } from '../../../../src/domain/child-process.ts';
import { endOwned, killOwnedNow } from '../../../../src/services/platform/process/end-owned.ts';
import { createOwnedProcesses } from '../../../../src/services/platform/process/owned-processes.ts';
import type { ProcessTable } from '../../../../src/services/platform/process/process-table.ts';
import { type AProcessTable, type ATableRow, aProcessTable, aRow } from './a-process-table.ts';

const mark = 'server-a.1';
const aMarked = (pid: number, row: Partial<ATableRow> = {}) => aRow(pid, { sessionId: pid, shows: [mark], ...row });
const patient: EndingLimits = { settleMs: 0, graceMs: 10_000 };
const hasty: EndingLimits = { settleMs: 0, graceMs: 20 };

/** Processes that end, or do whatever else, when a signal comes. */
function aWorld(rows: readonly ATableRow[], onSignal: (pid: number, signal: string, table: AProcessTable) => void) {
  const table = aProcessTable(rows);
  const signals: string[] = [];
  table.signal = ({ pid }, signal) => {
    signals.push(`${signal} ${pid}`);
    onSignal(pid, signal, table);
  };
  const owned = createOwnedProcesses(table, { mark, root: null });
  const controller = new AbortController();
  const signalled = new Set<number>();
  const end = (limits: EndingLimits) =>
    endOwned(table, owned, { limits, signal: controller.signal, onSignalled: ({ pid }) => signalled.add(pid) });
  return { table, signals, owned, controller, signalled, end };
}

const remove = (table: AProcessTable, pid: number) => {
  table.rows = table.rows.filter((row) => row.pid !== pid);
};

describe('The ending of the processes of an owner', () => {
  it('sends SIGTERM to all before SIGCONT to any, and kills none that end then', async () => {
    const world = aWorld([aMarked(101), aMarked(102), aRow(103)], (pid, signal, table) => {
      if (signal === 'SIGCONT') remove(table, pid);
    });
    expect(await world.end(patient)).toEqual([]);
    expect(world.signals).toEqual(['SIGTERM 101', 'SIGTERM 102', 'SIGCONT 101', 'SIGCONT 102']);
    expect([...world.signalled]).toEqual([101, 102]);
  });

  it('sends SIGTERM also to processes that start when the others have ended, and kills none of them', async () => {
    const world = aWorld([aMarked(101)], (pid, signal, table) => {
      if (signal !== 'SIGCONT') return;
      remove(table, pid);
      if (pid < 105) table.rows = [...table.rows, aMarked(pid + 1)];
    });
    expect(await world.end(patient)).toEqual([]);
    expect(world.signals.filter((signal) => signal.startsWith('SIGTERM'))).toHaveLength(5);
    expect(world.signals.filter((signal) => signal.startsWith('SIGKILL'))).toEqual([]);
  });

  it('kills those that do not end in time, and new ones until there are none', async () => {
    const world = aWorld([aMarked(101)], (pid, signal, table) => {
      if (signal !== 'SIGKILL') return;
      remove(table, pid);
      if (pid < 105) table.rows = [...table.rows, aMarked(pid + 1)];
    });
    expect(await world.end(hasty)).toEqual([]);
    expect(world.signals).toEqual([
      'SIGTERM 101',
      'SIGCONT 101',
      ...[101, 102, 103, 104, 105].map((pid) => `SIGKILL ${pid}`),
    ]);
    expect(world.table.rows).toEqual([]);
  });

  it('finds processes that started while another ignored SIGTERM', async () => {
    const world = aWorld([aMarked(101)], (pid, signal, table) => {
      if (signal === 'SIGTERM') table.rows = [...table.rows, aMarked(pid + 1)];
      if (signal === 'SIGKILL') remove(table, pid);
    });
    expect(await world.end(hasty)).toEqual([]);
    expect(world.signals.slice(-2)).toEqual(['SIGKILL 101', 'SIGKILL 102']);
  });

  it('sends no SIGTERM without a grace time', async () => {
    const world = aWorld([aMarked(101)], (pid, _, table) => remove(table, pid));
    await world.end({ settleMs: 0, graceMs: 0 });
    expect(world.signals).toEqual(['SIGKILL 101']);
  });

  it('sends no signal to processes that end while it settles', async () => {
    const world = aWorld([aMarked(101)], () => undefined);
    const { isAlive } = world.table;
    world.table.isAlive = (process) => {
      remove(world.table, process.pid);
      return isAlive(process);
    };
    expect(await world.end({ settleMs: 10_000, graceMs: 10_000 })).toEqual([]);
    expect([world.signals, [...world.signalled]]).toEqual([[], []]);
  });

  it('sends SIGTERM to processes that do not end while it settles', async () => {
    const world = aWorld([aMarked(101)], (pid, signal, table) => {
      if (signal === 'SIGCONT') remove(table, pid);
    });
    await world.end({ settleMs: 10, graceMs: 10_000 });
    expect(world.signals).toEqual(['SIGTERM 101', 'SIGCONT 101']);
  });

  it('returns the processes that could not be ended', async () => {
    const world = aWorld([aMarked(101), aMarked(102)], (pid, signal, table) => {
      if (signal === 'SIGKILL' && pid === 101) remove(table, pid);
    });
    expect(await world.end(hasty)).toMatchObject([{ pid: 102, startTicks: 1_102 }]);
  });

  it('does nothing without processes', async () => {
    const world = aWorld([aRow(103)], () => undefined);
    expect(await world.end({ settleMs: 100, graceMs: 10_000 })).toEqual([]);
    expect(world.signals).toEqual([]);
  });

  it('that is aborted during a reading sends nothing more', async () => {
    const world = aWorld([aMarked(101)], () => undefined);
    const reason = new Error('another one has less time');
    world.table.read = async () => {
      world.controller.abort(reason);
      return world.table.rows;
    };
    await expect(world.end(hasty)).rejects.toBe(reason);
    expect(world.signals).toEqual([]);
  });

  it('that is aborted while it waits sends nothing more', async () => {
    const world = aWorld([aMarked(101)], (_, signal) => {
      if (signal === 'SIGCONT') world.controller.abort();
    });
    await expect(world.end(patient)).rejects.toThrow();
    expect(world.signals).toEqual(['SIGTERM 101', 'SIGCONT 101']);
  });
});

describe('The blocking kill', () => {
  it('kills the processes of all runs after one reading, and new ones after the next', () => {
    const world = aWorld([aMarked(101), aMarked(201, { shows: ['server-a.2'] }), aRow(103)], (pid, _, table) => {
      remove(table, pid);
      if (pid === 201) table.rows = [...table.rows, aMarked(202, { shows: ['server-a.2'] })];
    });
    const second = createOwnedProcesses(world.table, { mark: 'server-a.2', root: null });
    killOwnedNow(world.table, [world.owned, second]);
    expect(world.signals).toEqual(['SIGKILL 101', 'SIGKILL 201', 'SIGKILL 202']);
    expect(world.table.readings).toBe(3);
  });

  it('ends even if a process cannot be killed', () => {
    const world = aWorld([aMarked(101)], () => undefined);
    const table: ProcessTable = world.table;
    killOwnedNow(table, [world.owned]);
    expect(new Set(world.signals)).toEqual(new Set(['SIGKILL 101']));
  });
});
