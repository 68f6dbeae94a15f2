import { mkdirSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { type InspectedServer, startInspection } from '../../src/app/inspection.ts';
import { listenForWatchers } from '../../src/services/inspection/listen-for-watchers.ts';
import { socketOf } from '../../src/services/inspection/socket-path.ts';
import { aServerRecord, plantRecord } from '../doubles/server-records.ts';
import type { World } from './spawned-server.ts';

/** This very process is known as a server of the world. @returns where its socket belongs */
export function plantServer({ stateFolder }: World, serverId: string, projectDir = '/home/someone/shop'): string {
  for (const dir of [stateFolder.serversDir, stateFolder.socketsDir]) mkdirSync(dir, { recursive: true, mode: 0o700 });
  plantRecord(stateFolder, aServerRecord({ serverId, projectDir }));
  return socketOf(stateFolder, serverId);
}

/** This very process is a server of the world, whose charts are recorded and shown to watchers; it ends with the test. */
export function inspectOurselves(world: World, door: InspectedServer): void {
  const path = plantServer(world, door.serverId, door.place.projectDir);
  startInspection(door, 'greeting');
  const { platform } = process;
  const onProblem = () => undefined;
  onTestFinished(listenForWatchers({ path, platform, onProblem, onWatcher: (one) => door.inspection?.admit(one) }));
}
