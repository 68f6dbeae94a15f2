import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, onTestFinished } from 'vitest';
import { aWorld, type World } from './spawned-server.ts';

/** Identifies the processes of a test, independently of how the program under test finds its own. */
export interface Mark {
  /** Digits. A marked process has them in its environment or at the end of an argument. */
  readonly mark: string;
  /** The environment that marks a process and its descendants. */
  readonly env: Readonly<Record<string, string>>;
}

export interface MarkedWorld extends World, Mark {}

/** A running process. */
export interface MarkedProcess {
  readonly pid: number;
  readonly args: readonly string[];
}

const variable = 'TEST_WORLD';
const patience = { timeout: 15_000 };

/** A new mark. All processes with it are killed when the test ends. */
export function aMark(): Mark {
  const mark = String(randomInt(10 ** 9, 10 ** 10));
  onTestFinished(() => killMarked(mark));
  return { mark, env: { [variable]: mark } };
}

/** A new world. It is removed, and all its processes are killed, when the test ends. */
export function aMarkedWorld(): MarkedWorld {
  const world = aWorld();
  const { mark, env } = aMark();
  return { ...world, mark, env: { ...world.env, ...env } };
}

/** The running processes with a mark, wherever they were started. */
export const markedProcesses = ({ mark }: Pick<Mark, 'mark'>): MarkedProcess[] =>
  processes((pid, args) => args.some((arg) => arg.endsWith(mark)) || isMarked(pid, mark));

/** The guardians of a server, which have no mark: the waiting shell, and the program that it becomes. */
export const guardiansOf = (serverId: string): MarkedProcess[] =>
  processes((_, args) => args.includes(serverId) && args.some(isOfGuardian));

/** The guardians that a running server has started. */
export const guardiansStartedBy = (serverPid: number): MarkedProcess[] =>
  processes((pid, args) => args.some(isOfGuardian) && read(pid, 'status').includes(`\nPPid:\t${serverPid}\n`));

const isOfGuardian = (arg: string) => arg === 'maitred-guardian' || arg.endsWith('/guardian.js');

/** The command lines of processes: comparable between runs, unlike their pids. */
export const commandsOf = (processes: readonly MarkedProcess[]): string[] =>
  processes.map(({ args }) => args.join(' ').slice(0, 200));

export function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has exited already.
  }
}

async function killMarked(mark: string): Promise<void> {
  const killThem = () => {
    const left = markedProcesses({ mark });
    for (const { pid } of left) kill(pid);
    return left;
  };
  await expect.poll(killThem, patience).toEqual([]);
}

function processes(isOne: (pid: string, args: readonly string[]) => boolean): MarkedProcess[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    const args = read(pid, 'cmdline').split('\0').slice(0, -1);
    return isOne(pid, args) && !isOver(pid) ? [{ pid: Number(pid), args }] : [];
  });
}

const isMarked = (pid: string, mark: string) => `\0${read(pid, 'environ')}`.includes(`\0${variable}=${mark}\0`);

/** A zombie has ended too. */
const isOver = (pid: string) => !/^State:\t[^ZX]/m.test(read(pid, 'status'));

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}
