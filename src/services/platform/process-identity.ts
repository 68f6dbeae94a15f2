import { readlinkSync } from 'node:fs';
import { type ProcessIdentity, unseenDeadAfterMs } from '../../domain/server-record.ts';
import { errorCodeOf } from './error-code.ts';
import { hasEnded, type ProcStat, readProcStat } from './proc-stat.ts';
import { readSmallFile } from './read-regular-file.ts';

/** The parts of the system that identify processes; tests replace it. */
export interface ProcessSystem {
  /** The folder with a folder for each process; absent on systems other than Linux. */
  readonly procDir: string;
  /** Sends signal 0: throws ESRCH when the process does not exist, EPERM when it is another user's. */
  probe(pid: number): void;
}

const bootIdBytes = 64;

const hasPidNamespaces = process.platform === 'linux';

const thisSystem: ProcessSystem = {
  procDir: '/proc',
  probe: (pid) => void process.kill(pid, 0),
};

/** Identifies the process that has this pid now. Parts that the system does not show are null. Never throws. */
export function readProcessIdentity(pid: number, system: ProcessSystem = thisSystem): ProcessIdentity {
  return {
    pid,
    startTicks: startOf(statOf(pid, system)),
    bootId: readBootId(system),
    pidNamespace: readPidNamespace(system),
  };
}

/**
 * Whether the pids that it names are those that this process sees: only then may they be looked up or signalled. Across pid namespaces
 * the same pid is another process. Where Linux shows no namespace, as without `/proc`, it can be any.
 */
export function hasOurPids({ pidNamespace }: ProcessIdentity, system: ProcessSystem = thisSystem): boolean {
  if (pidNamespace === undefined) return true;
  return pidNamespace === readPidNamespace(system) && !(pidNamespace === null && hasPidNamespaces);
}

/**
 * Whether this very process still runs: its pid is taken, not by a zombie, and start time and boot are the same. Parts that are null on
 * either side are not compared. A process of another pid namespace cannot be looked up: it runs as long as its last sign of life is
 * recent. Never throws.
 * @param seenAtMs its last sign of life: a heartbeat, or a write to its file
 */
export function isSameProcessAlive(
  identity: ProcessIdentity,
  seenAtMs: number,
  system: ProcessSystem = thisSystem,
): boolean {
  if (!Number.isSafeInteger(identity.pid) || identity.pid <= 0) return false;
  if (!hasOurPids(identity, system)) return Date.now() - seenAtMs <= unseenDeadAfterMs;
  if (differ(identity.bootId, readBootId(system)) || !isPidTaken(identity.pid, system)) return false;
  const stat = statOf(identity.pid, system);
  return stat === null || !(hasEnded(stat) || differ(identity.startTicks, startOf(stat)));
}

/** Whether a folder like `/proc` is there and of our own pid namespace; in a container it may be of the one around it. */
export function showsOurPids(procDir: string): boolean {
  try {
    return readlinkSync(`${procDir}/self`) === String(process.pid);
  } catch {
    return false;
  }
}

const statOf = (pid: number, { procDir }: ProcessSystem): ProcStat | null =>
  showsOurPids(procDir) ? readProcStat(pid, procDir) : null;

const differ = (a: string | number | null, b: string | number | null): boolean => a !== null && b !== null && a !== b;

function isPidTaken(pid: number, system: ProcessSystem): boolean {
  try {
    system.probe(pid);
    return true;
  } catch (thrown) {
    return errorCodeOf(thrown) === 'EPERM';
  }
}

const startOf = (stat: ProcStat | null): number | null =>
  stat === null || Number.isNaN(stat.startTicks) ? null : stat.startTicks;

/** The digits of a link such as `pid:[4026531836]`. */
function readPidNamespace({ procDir }: ProcessSystem): string | null {
  try {
    return /\d+/.exec(readlinkSync(`${procDir}/self/ns/pid`))?.[0] ?? null;
  } catch {
    return null;
  }
}

const readBootId = ({ procDir }: ProcessSystem): string | null =>
  readSmallFile(`${procDir}/sys/kernel/random/boot_id`, bootIdBytes)?.trim() || null;
