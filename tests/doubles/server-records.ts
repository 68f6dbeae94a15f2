import { mkdirSync, writeFileSync } from 'node:fs';
import type { ServerRecord } from '../../src/domain/server-record.ts';
import { type StateFolder, stateFolderAt } from '../../src/domain/state-folder.ts';
import { readProcessIdentity } from '../../src/services/platform/process-identity.ts';
import { tempFolder } from './temp-folder.ts';

/** The record of a server that is this process, ready and idle. */
export function aServerRecord(change: Partial<ServerRecord> = {}): ServerRecord {
  const startedAtMs = Date.now() - 60_000;
  const task = { gating: true, attempts: 1, startedAtMs, cause: null };
  return {
    formatVersion: 1,
    serverId: 'server-a',
    version: '0.1.0',
    process: readProcessIdentity(process.pid),
    projectDir: '/home/someone/shop',
    heartbeatAtMs: Date.now(),
    state: 'ready',
    startedAtMs,
    phases: [
      { state: 'configure', atMs: startedAtMs },
      { state: 'openTransport', atMs: startedAtMs + 4 },
      { state: 'ready', atMs: startedAtMs + 2_100 },
    ],
    tasks: {
      backend: { ...task, status: 'done', endedAtMs: startedAtMs + 62 },
      audit: { ...task, status: 'done', endedAtMs: startedAtMs + 2_100 },
    },
    callsInFlight: 0,
    waiting: [],
    programs: [],
    eventLoopDelayP99Ms: 1.5,
    memoryBytes: 64 * 1_048_576,
    degraded: [],
    logFile: '/home/someone/.local/state/maitred/logs/server.log',
    shutdownTrigger: null,
    ...change,
  };
}

/** An identity of no process: the pid of this one with another start time. */
export function aDeadProcess(): ServerRecord['process'] {
  return { ...readProcessIdentity(process.pid), startTicks: 1 };
}

export function aStateFolder(): StateFolder {
  const folder = stateFolderAt(`${tempFolder()}/state`);
  mkdirSync(folder.serversDir, { recursive: true, mode: 0o700 });
  return folder;
}

/** Writes a record as its server would. */
export function plantRecord(folder: StateFolder, record: ServerRecord): string {
  const path = `${folder.serversDir}/${record.serverId}.json`;
  writeFileSync(path, JSON.stringify(record), { mode: 0o600 });
  return path;
}
