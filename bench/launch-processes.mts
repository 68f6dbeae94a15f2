import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Launch } from './driver.mts';

/** The processes of a launch, also those that the server started: the ids of all that have its state folder in their environment. */
const processesOf = ({ env }: Launch): string[] =>
  readdirSync('/proc').filter(
    (name) =>
      /^\d+$/.test(name) &&
      readOrEmpty(`/proc/${name}/environ`).includes(`MAITRED_STATE_DIR=${env.MAITRED_STATE_DIR}\0`),
  );

export function killProcessesOf(launch: Launch): void {
  for (const pid of processesOf(launch)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
}

/** Settles when no process of a launch is left. */
export async function untilGone(launch: Launch): Promise<void> {
  while (processesOf(launch).length > 0) await wait(5);
}

export interface Memory {
  /** Pages that processes share count once for each of them. */
  readonly residentKib: number;
  /** Pages that n processes share count 1/n for each of them. */
  readonly proportionalKib: number;
}

/** The memory of all processes of a launch together. */
export function memoryOf(launch: Launch): Memory {
  const rollups = processesOf(launch).map((pid) => readOrEmpty(`/proc/${pid}/smaps_rollup`));
  const sumOf = (name: string) =>
    rollups.reduce((sum, text) => sum + Number(new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0), 0);
  return { residentKib: sumOf('Rss'), proportionalKib: sumOf('Pss') };
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The process has ended, or belongs to somebody else.
    return '';
  }
}
