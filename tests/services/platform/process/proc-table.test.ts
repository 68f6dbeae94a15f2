import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createProcTable } from '../../../../src/services/platform/process/proc-table.ts';
import { tempFolder } from '../../../doubles/temp-folder.ts';

const root = { pid: 1_000, startTicks: 500 };

/** A folder as the system shows its processes, with what is asked of it. */
function aProcFolder({ newestPid = 1_000, pidMax = 4_194_304 } = {}) {
  const dir = tempFolder();
  mkdirSync(`${dir}/sys/kernel`, { recursive: true });
  writeFileSync(`${dir}/sys/kernel/pid_max`, `${pidMax}\n`);
  writeFileSync(`${dir}/loadavg`, `0.52 0.58 0.59 1/467 ${newestPid}\n`);
  const zeros = '0 '.repeat(13);
  return {
    table: createProcTable(dir),
    put(pid: number, { state = 'S', parentPid = 1, sessionId = 1, startTicks = 500, environment = 'A=b\0' } = {}) {
      mkdirSync(`${dir}/${pid}`, { recursive: true });
      writeFileSync(`${dir}/${pid}/environ`, environment);
      const numbers = `${parentPid} 0 ${sessionId} ${zeros}1 0 ${startTicks} 0\n`;
      writeFileSync(`${dir}/${pid}/stat`, `${pid} (a) name) ${state} ${numbers}`);
    },
    take: (name: number | string) => rmSync(`${dir}/${name}`, { recursive: true }),
  };
}

describe('The table of the processes of this machine', () => {
  it('has those that have not ended, except the reader', async () => {
    const { table, put } = aProcFolder();
    put(7, { parentPid: 3, sessionId: 5, startTicks: 77 });
    put(8, { state: 'Z' });
    put(process.pid);
    const seven = expect.objectContaining({ pid: 7, parentPid: 3, sessionId: 5, startTicks: 77 });
    expect(await table.read()).toEqual([seven]);
    expect(table.readNow()).toEqual([seven]);
    expect(table.find(7)).toEqual({ pid: 7, startTicks: 77 });
  });

  it('distinguishes a process from a later one with its pid, and from one that has ended', () => {
    const { table, put, take } = aProcFolder();
    put(7, { startTicks: 77 });
    expect(table.isAlive({ pid: 7, startTicks: 77 })).toBe(true);
    expect(table.isAlive({ pid: 7, startTicks: 76 })).toBe(false);
    put(7, { startTicks: 77, state: 'Z' });
    expect(table.isAlive({ pid: 7, startTicks: 77 })).toBe(false);
    take(7);
    expect(table.isAlive({ pid: 7, startTicks: 77 })).toBe(false);
  });

  it.each([
    ['first', 'MAITRED_OWNER=a.1\0B=c\0', { mark: 'a.1' }],
    ['last', 'A=b\0MAITRED_OWNER=a.1\0', { mark: 'a.1' }],
    ['empty', 'MAITRED_OWNER=\0', { mark: '' }],
    ['twice', 'MAITRED_OWNER=a.1\0MAITRED_OWNER=b.1\0', { mark: 'a.1' }],
    ['in the value of another', 'A=MAITRED_OWNER=a.1\0', { mark: null }],
    ['in the name of another', 'X_MAITRED_OWNER=a.1\0MAITRED_OWNER_X=b.1\0', { mark: null }],
    ['not at all', 'A=b\0', { mark: null }],
    ['with nothing else either', '', 'unknown'],
  ] as const)('reads the mark from an environment that has it %s', (_, environment, mark) => {
    const { table, put } = aProcFolder();
    put(7, { environment });
    expect(table.ownerMarkOf({ pid: 7, startTicks: 500 })).toEqual(
      typeof mark === 'string' ? mark : expect.objectContaining(mark),
    );
  });

  it('has no mark for a process that is gone', () => {
    expect(aProcFolder().table.ownerMarkOf({ pid: 7, startTicks: 500 })).toEqual({ mark: null });
  });
});

describe('The mark of a process', () => {
  const seven = { pid: 7, startTicks: 500 };
  const markOf = (mark: string | null) => expect.objectContaining({ mark });

  it('is read again while it is hidden, and kept once it is known', () => {
    const { table, put } = aProcFolder();
    put(7, { environment: '' });
    expect(table.ownerMarkOf(seven)).toBe('unknown');
    put(7, { environment: 'MAITRED_OWNER=a.1\0' });
    expect(table.ownerMarkOf(seven)).toEqual(markOf('a.1'));
    put(7, { environment: 'a title that was written over it' });
    expect(table.ownerMarkOf(seven)).toEqual(markOf('a.1'));
  });

  it('is not kept for a later process with its pid', () => {
    const { table, put } = aProcFolder();
    put(7, { environment: 'MAITRED_OWNER=a.1\0' });
    table.ownerMarkOf(seven);
    put(7, { environment: 'MAITRED_OWNER=b.1\0' });
    expect(table.ownerMarkOf({ pid: 7, startTicks: 900 })).toEqual(markOf('b.1'));
  });
});

describe('A reading of all processes', () => {
  it('is shared with callers until it begins, and not afterwards', async () => {
    const { table, put } = aProcFolder();
    put(7);
    const first = table.read();
    // The first look has not begun before the next turn.
    const second = table.read();
    expect(await first).toBe(await second);
    const third = table.read();
    put(8);
    expect((await third).map(({ pid }) => pid)).toEqual([7, 8]);
  });

  it('is followed by another for a caller that comes during it', async () => {
    const { table, put } = aProcFolder();
    for (let pid = 1; pid <= 300; pid += 1) put(pid);
    const first = table.read();
    await Promise.resolve();
    const second = table.read();
    put(301);
    expect(await first).toHaveLength(300);
    expect(await second).toHaveLength(301);
  });
});

describe('That no process was started since another', () => {
  it('is certain where it was the newest, or all newer ones have ended', () => {
    expect(aProcFolder().table.hasNoneSince(root, 1)).toBe(true);
    const { table, put } = aProcFolder({ newestPid: 1_003 });
    put(1_002, { state: 'Z' });
    expect(table.hasNoneSince(root, 1)).toBe(true);
  });

  it('is not certain where a newer one lives', () => {
    const { table, put } = aProcFolder({ newestPid: 1_003 });
    put(1_003);
    expect(table.hasNoneSince(root, 1)).toBe(false);
  });

  it('is not certain where pids have wrapped around since, or may have', () => {
    expect(aProcFolder({ newestPid: 999 }).table.hasNoneSince(root, 1)).toBe(false);
    expect(aProcFolder({ pidMax: 32_768 }).table.hasNoneSince(root, 32)).toBe(true);
    expect(aProcFolder({ pidMax: 32_768 }).table.hasNoneSince(root, 33)).toBe(false);
  });

  it('is not certain where the newest pid is unknown', () => {
    const { table, take } = aProcFolder();
    take('loadavg');
    expect(table.hasNoneSince(root, 1)).toBe(false);
    expect(aProcFolder({ newestPid: 0 }).table.hasNoneSince(root, 1)).toBe(false);
  });
});
