import { mkdirSync, writeFileSync } from 'node:fs';
import type { JsonObject } from '../../src/domain/json-rpc.ts';
import { aWorld, outputOf, type SpawnedServer, spawnServer, type World } from './spawned-server.ts';

export interface OpenKitchen {
  readonly server: SpawnedServer;
  readonly world: World;
  /** Calls a tool and reads what it answers. */
  call(tool: string, args: JsonObject): Promise<JsonObject>;
}

/** A server whose project has this configuration, and whose kitchen is open. */
export async function anOpenKitchen(
  config: JsonObject = {},
  { world = aWorld(), env = {} }: { readonly world?: World; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<OpenKitchen> {
  mkdirSync(`${world.projectDir}/.maitred`, { recursive: true });
  // JSON is YAML.
  writeFileSync(`${world.projectDir}/.maitred/config.yaml`, JSON.stringify(config));
  const server = spawnServer({ world, env });
  await server.greet();
  await server.callTool('open_kitchen');
  return { server, world, call: async (tool, args) => outputOf(await server.callTool(tool, args)) };
}
