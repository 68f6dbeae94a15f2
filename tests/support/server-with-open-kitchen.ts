import { mkdirSync, writeFileSync } from 'node:fs';
import type { JsonObject } from '../../src/domain/json-object.ts';
import { aWorld, outputOf, type SpawnedServer, type SpawnOptions, spawnServer, type World } from './spawned-server.ts';

export interface ServerWithOpenKitchen {
  readonly server: SpawnedServer;
  readonly world: World;
  /** Calls a tool and parses its answer. */
  call(tool: string, args: JsonObject): Promise<JsonObject>;
}

/** A server with an open kitchen, in a project with this configuration. */
export function aServerWithOpenKitchen(
  config: JsonObject = {},
  options: SpawnOptions = {},
): Promise<ServerWithOpenKitchen> {
  const world = options.world ?? aWorld();
  mkdirSync(`${world.projectDir}/.maitred`, { recursive: true });
  // JSON is YAML.
  writeFileSync(`${world.projectDir}/.maitred/config.yaml`, JSON.stringify(config));
  return openKitchen(spawnServer({ ...options, world }));
}

export async function openKitchen(server: SpawnedServer): Promise<ServerWithOpenKitchen> {
  await server.initialize();
  await server.callTool('open_kitchen');
  const call: ServerWithOpenKitchen['call'] = async (tool, args) => outputOf(await server.callTool(tool, args));
  return { server, world: server.world, call };
}
