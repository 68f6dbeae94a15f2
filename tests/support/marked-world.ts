import { randomInt } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { expect, onTestFinished } from 'vitest';
import { aWorld, type World } from './spawned-server.ts';

/** By which processes are told from all others in a look of our own, which shares nothing with the program's. */
export interface Mark {
  /** Digits. Whatever bears the mark has it in its environment, or at the end of an argument. */
  readonly mark: string;
  /** For a process that is to bear the mark, and hand it on. */
  readonly env: Readonly<Record<string, string>>;
}

export interface MarkedWorld extends World, Mark {
  /** Where sessions leave their traces; nobody else does here. */
  readonly tmpfsDir: string;
}

/** A process that has not ended. */
export interface Bearer {
  readonly pid: number;
  readonly args: readonly string[];
}

const variable = 'TEST_WORLD';
const patience = { timeout: 15_000 };

/** A mark that nobody has borne before; all its bearers go with the test. */
export function aMark(): Mark {
  const mark = String(randomInt(10 ** 9, 10 ** 10));
  onTestFinished(() => endEverybody(mark));
  return { mark, env: { [variable]: mark } };
}

/** A new world that goes with the test, and everybody in it too. */
export function aMarkedWorld(): MarkedWorld {
  const world = aWorld();
  const { mark, env } = aMark();
  const tmpfsDir = `${world.homeDir}/shm`;
  mkdirSync(tmpfsDir);
  return { ...world, mark, tmpfsDir, env: { ...world.env, ...env, MAITRED_LINUX_TRACING__TMPFS_PATH: tmpfsDir } };
}

/** Who bears a mark: everybody who was started with it, also from far away. */
export const bearersOf = ({ mark }: Pick<Mark, 'mark'>): Bearer[] =>
  processes((pid, args) => args.some((arg) => arg.endsWith(mark)) || isMarked(pid, mark));

/** The guardians of a server, who bear no mark: the shell that waits, and the program that it becomes. */
export const guardiansOf = (serverId: string): Bearer[] =>
  processes((_, args) => args.at(-1) === serverId && args.some(isOfGuardian));

/** The same for one that still lives. */
export const guardiansStartedBy = (serverPid: number): Bearer[] =>
  processes((pid, args) => args.some(isOfGuardian) && read(pid, 'status').includes(`\nPPid:\t${serverPid}\n`));

const isOfGuardian = (arg: string) => arg === 'maitred-guardian' || arg.endsWith('/guardian.js');

/** What a failed comparison is to show: what runs there, without the pids, which nobody knows before. */
export const commandsOf = (bearers: readonly Bearer[]): string[] =>
  bearers.map(({ args }) => args.join(' ').slice(0, 200));

export function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has gone by itself.
  }
}

async function endEverybody(mark: string): Promise<void> {
  const endThose = () => {
    const left = bearersOf({ mark });
    for (const { pid } of left) kill(pid);
    return left;
  };
  await expect.poll(endThose, patience).toEqual([]);
}

function processes(isOne: (pid: string, args: readonly string[]) => boolean): Bearer[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    const args = read(pid, 'cmdline').split('\0').slice(0, -1);
    return isOne(pid, args) && !isOver(pid) ? [{ pid: Number(pid), args }] : [];
  });
}

const isMarked = (pid: string, mark: string) => `\0${read(pid, 'environ')}`.includes(`\0${variable}=${mark}\0`);

/** Zombies do not count: what is left of them is a number. */
const isOver = (pid: string) => !/^State:\t[^ZX]/m.test(read(pid, 'status'));

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}
