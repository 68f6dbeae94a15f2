import { closeSync, openSync, readSync } from 'node:fs';

/** `getconf CLK_TCK` is 100 on every Linux that Node runs on. */
export const ticksASecond = 100;

/** Fields of `/proc/<pid>/stat`; see proc(5). */
export interface ProcStat {
  /** The first 15 bytes of the program's name, or of the name it gave itself. */
  readonly name: string;
  /** One letter: R, S, D, T, Z, … */
  readonly state: string;
  readonly parentPid: number;
  readonly sessionId: number;
  /** User and system time, in clock ticks. */
  readonly cpuTicks: number;
  readonly threads: number;
  /** Clock ticks from boot to the start of the process. */
  readonly startTicks: number;
}

/** Fields are counted from the state, the first one after the name. */
const field = {
  state: 0,
  parentPid: 1,
  sessionId: 3,
  userTicks: 11,
  systemTicks: 12,
  threads: 17,
  startTicks: 19,
} as const;

/** One buffer for all readings: every process of the machine is read again and again. */
const buffer = Buffer.allocUnsafeSlow(4096);

/** null where the process or the folder does not exist. */
export function readProcStat(pid: number, procDir = '/proc'): ProcStat | null {
  let text: string;
  try {
    const fd = openSync(`${procDir}/${pid}/stat`, 'r');
    try {
      text = buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, null));
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
  // The name is in parentheses and may hold any character; the fields after the last parenthesis are plain.
  const nameEnd = text.lastIndexOf(')');
  if (nameEnd === -1) return null;
  const fields = text.slice(nameEnd + 2).split(' ', field.startTicks + 1);
  const number = (name: Exclude<keyof typeof field, 'state'>) => Number.parseInt(fields[field[name]] ?? '', 10);
  return {
    name: text.slice(text.indexOf('(') + 1, nameEnd),
    state: fields[field.state] ?? '',
    parentPid: number('parentPid'),
    sessionId: number('sessionId'),
    cpuTicks: number('userTicks') + number('systemTicks'),
    threads: number('threads'),
    startTicks: number('startTicks'),
  };
}

/** A process that has ended, and of which only the exit status is left. */
export const hasEnded = ({ state, threads }: Pick<ProcStat, 'state' | 'threads'>): boolean =>
  /^[ZXx]$/.test(state) && !(threads > 1);
