import { readdirSync, readFileSync, statSync } from 'node:fs';
import { ownerVariable } from '../../../domain/owner-mark.ts';
import { errorCodeOf } from '../error-code.ts';
import { readOwnUid } from '../own-uid.ts';
import { hasEnded, type ProcStat, readProcStat } from '../proc-stat.ts';

export interface ProcessRow extends ProcStat {
  readonly pid: number;
}

/** The processes of this machine. Where the system shows none (`/proc` is Linux's), the table is empty. */
export interface ProcessTable {
  /** Every process that has not ended, this one left out. Lets the event loop turn every few hundred processes. */
  read(): Promise<readonly ProcessRow[]>;
  /** The same, blocking: for the moments when the event loop does not turn again. */
  readNow(): readonly ProcessRow[];
  /** Whether the very process is still there. */
  isAlive(process: Pick<ProcessRow, 'pid' | 'startTicks'>): boolean;
  /**
   * The mark in the environment that the process was started with; null for none, and for processes of other users. A process
   * that calls exec at this very moment shows no environment at all: `unknown`.
   */
  ownerMarkOf(pid: number): { readonly mark: string | null } | 'unknown';
  /** Sends a signal to that very process, not to another one with its pid. A process that is gone is no error. */
  signal(process: Pick<ProcessRow, 'pid' | 'startTicks'>, signal: NodeJS.Signals): void;
}

const rowsATurn = 256;

export function createProcessTable(procDir = '/proc'): ProcessTable {
  const ownUid = readOwnUid();

  function* rows(): Generator<ProcessRow | null> {
    for (const pid of pidsIn(procDir)) {
      const stat = pid === process.pid ? null : readProcStat(pid, procDir);
      yield stat === null || hasEnded(stat) ? null : { pid, ...stat };
    }
  }

  const isAlive: ProcessTable['isAlive'] = ({ pid, startTicks }) => {
    const stat = readProcStat(pid, procDir);
    return stat !== null && !hasEnded(stat) && stat.startTicks === startTicks;
  };

  return {
    async read() {
      const found: ProcessRow[] = [];
      let looked = 0;
      for (const row of rows()) {
        if (row !== null) found.push(row);
        looked += 1;
        if (looked % rowsATurn === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      return found;
    },
    readNow: () => [...rows()].filter((row) => row !== null),
    isAlive,
    ownerMarkOf(pid) {
      try {
        if (statSync(`${procDir}/${pid}`).uid !== ownUid) return { mark: null };
        const environment = readFileSync(`${procDir}/${pid}/environ`, 'latin1');
        return environment === '' ? 'unknown' : { mark: variableIn(ownerVariable, environment) };
      } catch {
        // It has ended, or does not let itself be looked at (ssh-agent and its like).
        return { mark: null };
      }
    },
    signal(row, signal) {
      try {
        if (isAlive(row)) process.kill(row.pid, signal);
      } catch (thrown) {
        // EPERM: it has become somebody else's. Who looks again finds it alive and reports it.
        if (!['ESRCH', 'EPERM'].includes(errorCodeOf(thrown))) throw thrown;
      }
    },
  };
}

function pidsIn(procDir: string): number[] {
  try {
    return readdirSync(procDir).flatMap((name) => (/^[0-9]+$/.test(name) ? [Number(name)] : []));
  } catch {
    return [];
  }
}

/** In a block of `NAME=value` texts with NUL between them; the first of a name counts, as in getenv(3). */
function variableIn(name: string, environment: string): string | null {
  const start = `\0${environment}`.indexOf(`\0${name}=`);
  if (start === -1) return null;
  return environment.slice(start + name.length + 1).split('\0', 1)[0] ?? null;
}
