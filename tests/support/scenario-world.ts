import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { JsonObject } from '../../src/domain/json-object.ts';
import { git } from './a-git-project.ts';
import { openKitchen, type ServerWithOpenKitchen } from './server-with-open-kitchen.ts';
import { aWorld, type SpawnOptions, spawnServer, type World } from './spawned-server.ts';

/** A world whose project is a git repository with tests that pass. */
export function aWorldWithTests(): World {
  const world = aWorld();
  git(world.projectDir, 'init', '--quiet');
  writeFileSync(join(world.projectDir, 'ci'), '#!/bin/bash\npwd\necho "3 passed in 0.01s"\n', { mode: 0o755 });
  return world;
}

/** Beside the project of a world. */
export const scenarioDirOf = ({ projectDir }: World): string => join(dirname(projectDir), 'scenario');

/** Starts a server with an open kitchen that records or replays. @param args such as `--record-scenario`, and the folder */
export async function aScenarioServer(
  world: World,
  args: readonly string[],
  options: Omit<SpawnOptions, 'world' | 'args'> = {},
): Promise<ServerWithOpenKitchen> {
  const env = { MAITRED_TEST_CHECK__COMMAND: '[./ci]', ...options.env };
  return openKitchen(spawnServer({ ...options, env, world, args }));
}

/** The folders of the calls of a scenario, also hidden ones. */
export function callsIn(dir: string): readonly string[] {
  const calls = join(dir, 'calls');
  return existsSync(calls) ? readdirSync(calls).sort() : [];
}

/** `recording`, `complete` or `incomplete`. */
export function stateOf(dir: string): string {
  return /^state: (\w+)$/m.exec(readFileSync(join(dir, 'scenario.yaml'), 'utf8'))?.[1] ?? '';
}

/** What a tool answered, with the folder of a world under one name. */
export const withoutPlace = (answer: JsonObject, { projectDir }: World): JsonObject =>
  JSON.parse(JSON.stringify(answer).replaceAll(dirname(projectDir), '<world>')) as JsonObject;

/** What the calls of a scenario have started, in order: `git diff`, or the name of the program. */
export function programsIn(dir: string): Readonly<Record<string, readonly string[]>> {
  const describe = (text: string) => {
    const program = /^program: (.*)$/m.exec(text)?.[1] ?? '';
    const what = /^ {2}- core\.ignoreStat=false\n {2}- (.*)$/m.exec(text)?.[1];
    return what === undefined ? program : `${program} ${what}`;
  };
  return Object.fromEntries(
    callsIn(dir).map((name) => {
      const steps = readdirSync(join(dir, 'calls', name)).filter((file) => /^\d+\.yaml$/.test(file));
      const texts = steps
        .sort((one, other) => Number.parseInt(one, 10) - Number.parseInt(other, 10))
        .map((file) => readFileSync(join(dir, 'calls', name, file), 'utf8'));
      return [name, texts.map(describe)];
    }),
  );
}
