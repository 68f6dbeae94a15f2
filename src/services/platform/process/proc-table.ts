import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { ownerVariable } from '../../../domain/owner-mark.ts';
import { errorCodeOf } from '../error-code.ts';
import { readOwnUid } from '../own-uid.ts';
import { hasEnded, readProcStat } from '../proc-stat.ts';
import type { ProcessRow, ProcessTable, SameProcess } from './process-table.ts';
import { sendSignal } from './send-signal.ts';

const rowsATurn = 256;

/** An upper bound of forks in a millisecond: while the age times this is below pid_max, the pids cannot have wrapped round. */
const mostForksAMs = 1_000;
/** With more pids than this to try, reading the whole table is as cheap. */
const mostPidsToTry = 64;
const mostMarksKept = 4_096;
const scansAtMost = 3;

/** Reads `/proc`. Each read blocks for a few microseconds; the event loop turns after every 256. */
export function createProcTable(procDir: string): ProcessTable {
  const ownUid = readOwnUid();

  function* rows(): Generator<ProcessRow | null> {
    for (const name of readdirSync(procDir)) {
      const pid = Number(name);
      const stat = Number.isNaN(pid) || pid === process.pid ? null : readProcStat(pid, procDir);
      yield stat === null || hasEnded(stat) ? null : { pid, ...stat };
    }
  }

  const isAlive: ProcessTable['isAlive'] = ({ pid, startTicks }) => {
    const stat = readProcStat(pid, procDir);
    // With too many open files nothing can be read, but the folder still shows that the process exists.
    if (stat === null) return existsSync(`${procDir}/${pid}`);
    return !hasEnded(stat) && stat.startTicks === startTicks;
  };

  const readNumber = (path: string, pattern: RegExp) =>
    Number(pattern.exec(readFileSync(`${procDir}/${path}`, 'latin1'))?.[0]);
  let pidMax = 0;
  /** Pids are assigned in ascending order; the last field is the newest one. */
  const newestPid = () => {
    try {
      return readNumber('loadavg', /\d+\s*$/);
    } catch {
      // Some sandboxes hide it. Nothing is concluded from NaN.
      return Number.NaN;
    }
  };

  const scan = async (found: Map<number, ProcessRow>) => {
    let read = 0;
    for (const row of rows()) {
      if (row !== null) found.set(row.pid, row);
      read += 1;
      if (read % rowsATurn === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  /** A process that is forked meanwhile may get a place that is already read, and its parent may end before its own place is read. */
  const readAll = async () => {
    const found = new Map<number, ProcessRow>();
    for (let scans = 0; scans < scansAtMost; scans += 1) {
      const newestBefore = newestPid();
      await scan(found);
      if (Object.is(newestPid(), newestBefore)) break;
    }
    return [...found.values()];
  };
  let readingNow: Promise<unknown> = Promise.resolve();
  let nextReading: Promise<readonly ProcessRow[]> | null = null;

  /** Of processes whose environment was read: only exec changes it, and a process that was ours stays ours. */
  const marks = new Map<number, { readonly startTicks: number; readonly mark: string | null }>();
  const remember = ({ pid, startTicks }: SameProcess, mark: string | null) => {
    if (marks.size >= mostMarksKept) marks.clear();
    marks.set(pid, { startTicks, mark });
    return { mark };
  };

  return {
    hasNoneSince({ pid }, aliveMs) {
      try {
        pidMax ||= readNumber('sys/kernel/pid_max', /\d+/);
        const newest = newestPid();
        const younger = newest - pid;
        if (aliveMs * mostForksAMs >= pidMax || !(younger >= 0 && younger <= mostPidsToTry)) return false;
        const haveEnded = Array.from({ length: younger }, (_, index) => pid + 1 + index).every((one) => {
          const stat = one === process.pid ? null : readProcStat(one, procDir);
          return stat === null || hasEnded(stat);
        });
        // A process that forked and ended meanwhile has raised the newest pid.
        return haveEnded && newestPid() === newest;
      } catch {
        return false;
      }
    },
    read() {
      nextReading ??= readingNow.then(() => {
        nextReading = null;
        const reading = readAll();
        readingNow = reading.catch(() => undefined);
        return reading;
      });
      return nextReading;
    },
    readNow: () => [...rows()].filter((row) => row !== null),
    find(pid) {
      const stat = readProcStat(pid, procDir);
      return stat && { pid, startTicks: stat.startTicks };
    },
    isAlive,
    ownerMarkOf(row) {
      const known = marks.get(row.pid);
      if (known?.startTicks === row.startTicks) return known;
      try {
        if (statSync(`${procDir}/${row.pid}`).uid !== ownUid) return remember(row, null);
        const environment = readFileSync(`${procDir}/${row.pid}/environ`, 'latin1');
        return environment === '' ? 'unknown' : remember(row, variableIn(environment, ownerVariable));
      } catch (thrown) {
        // It has ended, or hides its environment (such as ssh-agent). Other errors may be gone next time.
        return ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(errorCodeOf(thrown)) ? remember(row, null) : 'unknown';
      }
    },
    signal(row, signal) {
      if (isAlive(row)) sendSignal(row.pid, signal);
    },
  };
}

/** From a block of `NAME=value` texts separated by NUL. The first of a name counts, as in getenv(3). */
function variableIn(environment: string, name: string): string | null {
  const start = `\0${environment}`.indexOf(`\0${name}=`);
  if (start === -1) return null;
  return environment.slice(start + name.length + 1).split('\0', 1)[0] ?? null;
}
