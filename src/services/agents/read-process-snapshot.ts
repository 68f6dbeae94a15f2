import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { ProcessSnapshot } from '../../domain/agent-session/process-snapshot.ts';
import { readProcStat, ticksASecond } from '../platform/proc-stat.ts';

/**
 * Takes snapshots of the process that has this pid now. Each blocks for about a tenth of a millisecond.
 * @returns a function that returns null where the process has ended or cannot be seen; it never throws
 */
export function createSnapshotReader(
  pid: number,
  procDir: string,
  monotonicMs = () => performance.now(),
): (capturedAtMs: number) => ProcessSnapshot | null {
  const dir = `${procDir}/${pid}`;
  let before: { readonly startTicks: number; readonly cpuTicks: number; readonly atMs: number } | null = null;
  return (capturedAtMs) => {
    const stat = readProcStat(pid, procDir);
    const status = readText(`${dir}/status`);
    // A later process may have the pid.
    if (stat === null || status === null || (before !== null && stat.startTicks !== before.startTicks)) return null;
    const [atMs, ticksBefore] = [monotonicMs(), before];
    before = { startTicks: stat.startTicks, cpuTicks: stat.cpuTicks, atMs };
    return {
      captured_at: new Date(capturedAtMs).toISOString(),
      comm: stat.name,
      state: wordOf(status),
      vm_rss_kb: numberIn(status, 'VmRSS') ?? 0,
      threads: stat.threads,
      fd_count: countFiles(`${dir}/fd`),
      fd_soft_limit: softLimitIn(readText(`${dir}/limits`)),
      ctx_switches_voluntary: numberIn(status, 'voluntary_ctxt_switches') ?? 0,
      ctx_switches_involuntary: numberIn(status, 'nonvoluntary_ctxt_switches') ?? 0,
      sig_pnd: bothOf(maskIn(status, 'SigPnd'), maskIn(status, 'ShdPnd')),
      sig_blk: maskIn(status, 'SigBlk'),
      sig_cgt: maskIn(status, 'SigCgt'),
      oom_score: wholeNumber(readText(`${dir}/oom_score`)),
      wchan: readText(`${dir}/wchan`) ?? '',
      cpu_percent:
        ticksBefore === null ? null : cpuPercent(stat.cpuTicks - ticksBefore.cpuTicks, atMs - ticksBefore.atMs),
    };
  };
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    return null;
  }
}

/** Newer kernels say how many there are; others list them. */
function countFiles(dir: string): number | null {
  try {
    return statSync(dir).size || readdirSync(dir).length;
  } catch {
    return null;
  }
}

const fieldIn = (status: string, name: string) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1];
const wholeNumber = (text: string | null | undefined) => (/^\d+$/.test(text ?? '') ? Number(text) : null);
const numberIn = (status: string, name: string) => wholeNumber(fieldIn(status, name));
const maskIn = (status: string, name: string) => /^[\da-f]+$/.exec(fieldIn(status, name) ?? '')?.[0] ?? '';
/** From `State:	D (disk sleep)`. */
const wordOf = (status: string) => (/^State:.*\((.*)\)/m.exec(status)?.[1] ?? '').replaceAll(' ', '-');
const softLimitIn = (limits: string | null) => wholeNumber(/^Max open files\s+(\S+)/m.exec(limits ?? '')?.[1]);

function bothOf(one: string, other: string): string {
  const bits = BigInt(`0x${one || 0}`) | BigInt(`0x${other || 0}`);
  return bits.toString(16).padStart(16, '0');
}

/** null: too little time has passed. */
function cpuPercent(ticks: number, elapsedMs: number): number | null {
  if (elapsedMs < 1_000 / ticksASecond) return null;
  return Math.round((ticks / ticksASecond / (elapsedMs / 1_000)) * 1_000) / 10;
}
