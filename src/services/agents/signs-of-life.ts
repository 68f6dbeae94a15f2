import { readdirSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { readProcStat, ticksASecond } from '../platform/proc-stat.ts';
import type { ProcessRow, ProcessTable } from '../platform/process/process-table.ts';

/** Why a session whose log does not grow may be at work all the same. */
export type SignOfLife = 'connection' | 'busy';

/** Looks at the processes of a session, on Linux; elsewhere none is seen. */
export interface SignsOfLife {
  /**
   * `connection`: one of them has an established TCP connection to port 443: a request may be on its way. `busy`: one that it started has used more
   * than a tenth of a core since the last look. Never rejects.
   */
  look(): Promise<SignOfLife | null>;
}

const busyShare = 0.1;

export function createSignsOfLife(table: ProcessTable, pid: number, procDir = '/proc'): SignsOfLife {
  let before: { readonly atMs: number; readonly ticks: ReadonlyMap<number, number> } | null = null;
  return {
    async look() {
      const rows = familyOf(pid, await table.read());
      const nowMs = performance.now();
      const ticks = new Map(rows.map((row) => [row.pid, readProcStat(row.pid, procDir)?.cpuTicks ?? 0]));
      const elapsedS = before === null ? 0 : (nowMs - before.atMs) / 1_000;
      const isBusy = rows.some((row) => {
        const ticksBefore = before?.ticks.get(row.pid);
        if (row.pid === pid || ticksBefore === undefined || elapsedS === 0) return false;
        return ((ticks.get(row.pid) ?? 0) - ticksBefore) / ticksASecond / elapsedS > busyShare;
      });
      before = { atMs: nowMs, ticks };
      if (await hasConnection(rows, procDir)) return 'connection';
      return isBusy ? 'busy' : null;
    },
  };
}

/** A process and its descendants, and all of its session. */
function familyOf(pid: number, rows: readonly ProcessRow[]): readonly ProcessRow[] {
  const family = new Set(rows.filter((row) => row.pid === pid || row.sessionId === pid));
  for (let before = -1; before !== family.size; ) {
    before = family.size;
    const pids = new Set([...family].map((row) => row.pid));
    for (const row of rows) if (pids.has(row.parentPid)) family.add(row);
  }
  return [...family];
}

const established = '01';
const httpsPort = '01BB';

async function hasConnection(rows: readonly ProcessRow[], procDir: string): Promise<boolean> {
  const inodes = new Set<string>();
  for (const table of ['tcp', 'tcp6']) {
    const text = await readFile(`${procDir}/net/${table}`, 'latin1').catch(() => '');
    for (const line of text.split('\n').slice(1)) {
      const [, , remote, state, , , , , , inode] = line.trim().split(/\s+/);
      if (state === established && remote?.endsWith(`:${httpsPort}`) && inode !== undefined) inodes.add(inode);
    }
  }
  return inodes.size > 0 && rows.some(({ pid }) => socketsOf(pid, procDir).some((inode) => inodes.has(inode)));
}

function socketsOf(pid: number, procDir: string): readonly string[] {
  try {
    return readdirSync(`${procDir}/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${procDir}/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}
