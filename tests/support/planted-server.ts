import { mkdirSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { listenForWatchers } from '../../src/services/inspection/listen-for-watchers.ts';
import { socketOf } from '../../src/services/inspection/socket-path.ts';
import { aServerRecord, plantRecord } from '../doubles/server-records.ts';
import type { AnInspectedServer } from '../fixtures/an-inspected-server.ts';
import type { World } from './spawned-server.ts';

/** Writes a server record for the test's own process. @returns the path for its socket */
export function plantServer({ stateFolder }: World, serverId: string, projectDir = '/home/someone/shop'): string {
  for (const dir of [stateFolder.serversDir, stateFolder.socketsDir]) mkdirSync(dir, { recursive: true, mode: 0o700 });
  plantRecord(stateFolder, aServerRecord({ serverId, projectDir }));
  return socketOf(stateFolder, serverId);
}

/** Makes the test's own process a server whose charts are recorded and shown to watchers until the test ends. */
export function inspectOurselves(world: World, server: AnInspectedServer): void {
  const path = plantServer(world, server.context.serverId, server.context.place.projectDir);
  server.record('greeting');
  const { platform } = process;
  const onProblem = () => undefined;
  onTestFinished(listenForWatchers({ path, platform, onProblem, onWatcher: (one) => server.inspection?.admit(one) }));
}
