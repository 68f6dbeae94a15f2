import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ProcessSpec } from '../../../../src/domain/child-process.ts';
import {
  type ChildProcessRunner,
  type ChildProcessRunnerDeps,
  createChildProcessRunner,
} from '../../../../src/runners/child-processes.ts';
import { createProcessTable } from '../../../../src/services/platform/process/create-process-table.ts';
import { tempFolder } from '../../../doubles/temp-folder.ts';
import { type CommandedClock, createCommandedClock } from '../../../fixtures/commanded-clock.ts';
import { endWithTheTest, often, type SeenProcess } from './read-processes.ts';

export interface AProcessService {
  readonly processes: ChildProcessRunner;
  /** Of the charts' limits: nothing runs out by itself. */
  readonly clock: CommandedClock;
  readonly serverId: string;
  /** Where the programs run. */
  readonly dir: string;
  readonly outputDir: string;
  /** Waits for the line `ready <pid>` of the nth program. @returns the pid */
  readyPid(work?: number): Promise<number>;
  /** Processes to be killed when the test is over, whatever becomes of their marks. */
  endAlso(processes: readonly SeenProcess[]): void;
}

/** No other timer of a chart has this delay. */
export const timeLimitMs = 3_600_123;

/** A process service with real processes, none of which outlives the test. */
export function aProcessService(deps: Partial<ChildProcessRunnerDeps> = {}): AProcessService {
  const dir = tempFolder();
  const outputDir = join(dir, 'state', 'output');
  const serverId = `test-${randomUUID()}`;
  const clock = createCommandedClock();
  const ending = endWithTheTest(serverId);
  const processes = createChildProcessRunner({
    serverId,
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
    outputDir,
    readDiskSpace: () => null,
    table: createProcessTable(),
    guardian: { ensure: () => undefined, setPrograms: () => undefined, dismiss: () => undefined },
    graceMs: () => 300,
    ensureServerRecord: () => undefined,
    onPrograms: () => undefined,
    register: () => undefined,
    follow: () => undefined,
    clock,
    ...deps,
  });
  return {
    processes,
    clock,
    serverId,
    dir,
    outputDir,
    readyPid: (work = 1) => readyPidIn(join(outputDir, `${serverId}.${work}.stdout`)),
    endAlso: ending.also,
  };
}

/** bash with a script, in the service's folder. */
export const aSpec = ({ dir }: Pick<AProcessService, 'dir'>, script: string, spec: Partial<ProcessSpec> = {}) => ({
  file: 'bash',
  args: ['-c', script],
  cwd: dir,
  env: {},
  timeLimitMs,
  outputLimitBytes: 1024 ** 2,
  tailBytes: 4_096,
  ...spec,
});

/** A signal that is never aborted. */
export const neverStopped = (): AbortSignal => new AbortController().signal;

export async function readyPidIn(file: string): Promise<number> {
  const seen = () => /^ready (\d+)$/m.exec(beginningOf(file))?.[1];
  await expect.poll(seen, { ...often, message: `${file} says ready` }).toBeDefined();
  return Number(seen());
}

/** Large enough for the first line of a program. */
function beginningOf(file: string): string {
  const bytes = Buffer.alloc(1_024);
  try {
    const fd = openSync(file, 'r');
    try {
      return bytes.toString('latin1', 0, readSync(fd, bytes, 0, bytes.length, 0));
    } finally {
      closeSync(fd);
    }
  } catch {
    return '';
  }
}
