import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { ServerRecord } from '../../src/domain/server-record.ts';
import type { World } from './spawned-server.ts';

/** The ids of the servers that have a record in a world. */
export function recordedServerIds({ stateFolder: { serversDir } }: World): string[] {
  if (!existsSync(serversDir)) return [];
  return readdirSync(serversDir).flatMap((name) => /^([^.].*)\.json$/.exec(name)?.slice(1) ?? []);
}

/** The records of the servers of a world. */
export const recordedServers = (world: World): ServerRecord[] =>
  recordedServerIds(world).map((id) => readRecord(`${world.stateFolder.serversDir}/${id}.json`));

/** The record of the last server that has exited. */
export const lastServerRecord = ({ stateFolder }: World): ServerRecord => readRecord(stateFolder.lastServerFile);

const readRecord = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as ServerRecord;
