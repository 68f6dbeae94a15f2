import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { World } from './spawned-server.ts';

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; a bad exit code is a result too. */
export function run(
  file: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<Run> {
  return new Promise((resolve) => {
    const child = execFile(file, args, { ...options, maxBuffer: 2 ** 26 }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
    child.stdin?.end();
  });
}

/** Runs a command of the built program in a world. */
export const runMaitred = (world: World, ...args: readonly string[]): Promise<Run> =>
  run(process.execPath, [join(inject('programDir'), 'maitred.js'), ...args], {
    cwd: world.projectDir,
    env: world.env,
  });
