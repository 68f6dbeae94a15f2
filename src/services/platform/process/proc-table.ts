import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { ownerVariable } from '../../../domain/owner-mark.ts';
import { errorCodeOf } from '../error-code.ts';
import { readOwnUid } from '../own-uid.ts';
import { hasEnded, readProcStat } from '../proc-stat.ts';
import type { ProcessRow, ProcessTable, SameProcess } from './process-table.ts';
import { sendSignal } from './send-signal.ts';

const rowsATurn = 256;

/** More forks in a millisecond than any machine makes: within fewer than its pids last, no pid has been given out twice. */
const mostForksAMs = 1_000;
/** From here on a look at everything costs no more. */
const mostPidsToTry = 64;
const mostMarksKept = 4_096;

/** What Linux shows in `/proc`. Blocking reads of a few microseconds each, with a turn of the event loop every few hundred. */
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
    // With too many open files nothing can be read; what is there is not gone for that.
    if (stat === null) return existsSync(`${procDir}/${pid}`);
    return !hasEnded(stat) && stat.startTicks === startTicks;
  };

  const readNumber = (path: string, pattern: RegExp) =>
    Number(pattern.exec(readFileSync(`${procDir}/${path}`, 'latin1'))?.[0]);
  let pidMax = 0;

  const look = async () => {
    const found: ProcessRow[] = [];
    let looked = 0;
    for (const row of rows()) {
      if (row !== null) found.push(row);
      looked += 1;
      if (looked % rowsATurn === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    return found;
  };
  let lookUnderWay: Promise<unknown> = Promise.resolve();
  let nextLook: Promise<readonly ProcessRow[]> | null = null;

  /** Of processes whose environment has been read: it changes by exec only, and what was ours before stays ours. */
  const marks = new Map<number, { readonly startTicks: number; readonly mark: string | null }>();
  const remember = ({ pid, startTicks }: SameProcess, mark: string | null) => {
    if (marks.size >= mostMarksKept) marks.clear();
    marks.set(pid, { startTicks, mark });
    return { mark };
  };

  return {
    hasNobodySince({ pid }, aliveMs) {
      try {
        pidMax ||= readNumber('sys/kernel/pid_max', /\d+/);
        // Pids are given out in turn; the last field is the newest one.
        const newest = () => readNumber('loadavg', /\d+\s*$/);
        const newestPid = newest();
        const younger = newestPid - pid;
        if (aliveMs * mostForksAMs >= pidMax || !(younger >= 0 && younger <= mostPidsToTry)) return false;
        const isNobody = Array.from({ length: younger }, (_, index) => pid + 1 + index).every((one) => {
          const stat = one === process.pid ? null : readProcStat(one, procDir);
          return stat === null || hasEnded(stat);
        });
        // Who has forked and ended while it was looked at is seen by that.
        return isNobody && newest() === newestPid;
      } catch {
        return false;
      }
    },
    read() {
      nextLook ??= lookUnderWay.then(() => {
        nextLook = null;
        const looking = look();
        lookUnderWay = looking.catch(() => undefined);
        return looking;
      });
      return nextLook;
    },
    readNow: () => [...rows()].filter((row) => row !== null),
    find: (pid) => ({ pid, startTicks: readProcStat(pid, procDir)?.startTicks ?? 0 }),
    isAlive,
    ownerMarkOf(row) {
      const known = marks.get(row.pid);
      if (known?.startTicks === row.startTicks) return known;
      try {
        if (statSync(`${procDir}/${row.pid}`).uid !== ownUid) return remember(row, null);
        const environment = readFileSync(`${procDir}/${row.pid}/environ`, 'latin1');
        return environment === '' ? 'unknown' : remember(row, variableIn(environment, ownerVariable));
      } catch (thrown) {
        // It has ended, or does not let itself be looked at (ssh-agent and its like); all else may be otherwise next time.
        return ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(errorCodeOf(thrown)) ? remember(row, null) : 'unknown';
      }
    },
    signal(row, signal) {
      if (isAlive(row)) sendSignal(row.pid, signal);
    },
  };
}

/** In a block of `NAME=value` texts with NUL between them; the first of a name counts, as in getenv(3). */
function variableIn(environment: string, name: string): string | null {
  const start = `\0${environment}`.indexOf(`\0${name}=`);
  if (start === -1) return null;
  return environment.slice(start + name.length + 1).split('\0', 1)[0] ?? null;
}
