import { mkdirSync, writeFileSync } from 'node:fs';
import type { JsonObject } from '../../src/domain/json-object.ts';
import { aWorld, outputOf, type SpawnedServer, type SpawnOptions, spawnServer, type World } from './spawned-server.ts';

export interface OpenKitchen {
  readonly server: SpawnedServer;
  readonly world: World;
  /** Calls a tool and reads what it answers. */
  call(tool: string, args: JsonObject): Promise<JsonObject>;
}

/** A server whose project has this configuration, and whose kitchen is open. */
export function anOpenKitchen(config: JsonObject = {}, options: SpawnOptions = {}): Promise<OpenKitchen> {
  const world = options.world ?? aWorld();
  mkdirSync(`${world.projectDir}/.maitred`, { recursive: true });
  // JSON is YAML.
  writeFileSync(`${world.projectDir}/.maitred/config.yaml`, JSON.stringify(config));
  return openKitchen(spawnServer({ ...options, world }));
}

export async function openKitchen(server: SpawnedServer): Promise<OpenKitchen> {
  await server.greet();
  await server.callTool('open_kitchen');
  const call: OpenKitchen['call'] = async (tool, args) => outputOf(await server.callTool(tool, args));
  return { server, world: server.world, call };
}
