import { join } from 'node:path';
import { execa } from 'execa';
import { inject } from 'vitest';
import type { World } from './spawned-server.ts';

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. Resolves for any exit code. */
export async function run(
  file: string,
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<Run> {
  const result = await execa(file, args, {
    cwd,
    env,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    stripFinalNewline: false,
  });
  return { code: result.exitCode ?? null, stdout: result.stdout, stderr: result.stderr };
}

/** Runs a command of the built program in a world. */
export const runMaitred = (world: World, ...args: readonly string[]): Promise<Run> =>
  run(process.execPath, [join(inject('programDir'), 'maitred.js'), ...args], {
    cwd: world.projectDir,
    env: world.env,
  });
