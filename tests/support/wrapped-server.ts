import { join, resolve } from 'node:path';
import { expect, inject } from 'vitest';
import { commandsOf, type Mark, markedProcesses } from './marked-world.ts';
import { type SpawnedServer, type SpawnOptions, spawnServer, textOf } from './spawned-server.ts';

export interface WrapOptions extends Pick<SpawnOptions, 'world' | 'env' | 'onRequest'> {
  /** Arguments between `wrap` and `--`. */
  readonly options?: readonly string[];
  /** The command of the wrapped server. */
  readonly command: readonly string[];
}

/** Starts a front with its wrapped server. It is killed when the test ends. */
export const spawnWrapped = ({ options = [], command, ...spawnOptions }: WrapOptions): SpawnedServer =>
  spawnServer({
    ...spawnOptions,
    script: join(inject('programDir'), 'maitred.js'),
    args: ['wrap', ...options, '--', ...command],
  });

export const fixtureServerFile = resolve('tests/fixtures/servers/server.cjs');

/** The command of a server of tests/fixtures/servers, which has the options. */
export const fixtureServer = (...options: readonly string[]): readonly string[] => [
  process.execPath,
  fixtureServerFile,
  ...options,
];

/** The process id of a fixture server, asked through whatever stands in front of it. */
export const fixtureServerPid = async (server: SpawnedServer): Promise<number> =>
  Number(textOf(await server.callTool('pid')));

/** Ends the input of a front, and expects that it exits in good order and leaves no process. */
export async function expectCleanEnd(server: SpawnedServer, world: Mark): Promise<void> {
  expect(await server.leave()).toEqual({ code: 0, signal: null });
  expectNoProcess(world);
}

/** Expects that no process of a world is left. Without /proc nothing is known of them. */
export function expectNoProcess(world: Mark): void {
  if (process.platform === 'linux') expect(commandsOf(markedProcesses(world))).toEqual([]);
}
