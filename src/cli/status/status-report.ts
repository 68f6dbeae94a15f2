import { existsSync } from 'node:fs';
import { heartbeatStaleAfterMs, type ServerRecord } from '../../domain/server-record.ts';
import { type StartupTaskRecord, type StartupTaskStatus, startupTasks } from '../../domain/startup-task.ts';
import type { StateFolder } from '../../domain/state-folder.ts';
import { isServerAlive } from '../../services/state/server-records/server-record-reader.ts';
import { serverRecordsIn } from '../state-folder-of.ts';
import { type DoubleRegistration, findDoubleRegistrations } from './double-registrations.ts';

/** `stuck`: the process is alive, but its heartbeat has stopped. */
export type ServerHealth = 'up' | 'stuck' | 'dead';

export interface TaskView {
  readonly name: string;
  readonly description: string | null;
  readonly status: StartupTaskStatus;
  readonly gating: boolean;
  readonly attempts: number;
  /** How long it took, or has run so far; null before it starts. */
  readonly forMs: number | null;
  readonly cause: string | null;
}

/** A server's record at one moment. */
export interface ServerView {
  readonly record: ServerRecord;
  readonly health: ServerHealth;
  /** The process that started it; null: that has ended (pid 1 has taken its place), or cannot be seen from here. */
  readonly clientPid: number | null;
  readonly upMs: number;
  readonly sinceHeartbeatMs: number;
  readonly tasks: readonly TaskView[];
  /** The running task that has run longest. */
  readonly slowTask: TaskView | null;
  /** Parked calls, with their time until now. */
  readonly waiting: ServerRecord['waiting'];
  readonly phases: readonly { readonly state: string; readonly atMs: number; readonly afterMs: number }[];
}

export interface StatusReport {
  readonly stateDir: string;
  /** Why it is not the usual one; null: it is, or somebody chose it. */
  readonly whyFallback: string | null;
  readonly logFile: string;
  readonly hasLogFile: boolean;
  /** In order of start: those that are up or stuck, and those that died without shutting down. */
  readonly servers: readonly ServerView[];
  /** Of the servers that are gone, the one that started last. */
  readonly lastServer: ServerView | null;
  /** Whether no server that runs has started later than that. */
  readonly isLastNewest: boolean;
  readonly doubleRegistrations: readonly DoubleRegistration[];
  /** The number of files that are not records of this user, and were not read. */
  readonly leftOut: number;
}

/** Reads the records of the servers in a state folder. Writes nothing. */
export function reportStatus(folder: StateFolder, whyFallback: string | null): StatusReport {
  const reader = serverRecordsIn(folder);
  const nowMs = Date.now();
  const { records, leftOut } = reader.list();
  const servers = records.map((record) => viewServer(record, isServerAlive(record), nowMs));
  const last = reader.lastServer();
  const gone = servers.filter(({ health }) => health === 'dead').map(({ record }) => record);
  const running = servers.filter(({ health }) => health !== 'dead').map(({ record }) => record);
  const [newest] = [...gone, ...(last === null ? [] : [last])].sort((a, b) => b.startedAtMs - a.startedAtMs);
  return {
    stateDir: folder.dir,
    whyFallback,
    logFile: folder.serverLogFile,
    hasLogFile: existsSync(folder.serverLogFile),
    servers,
    lastServer: newest === undefined ? null : viewServer(newest, false, nowMs),
    isLastNewest: newest !== undefined && running.every(({ startedAtMs }) => startedAtMs < newest.startedAtMs),
    doubleRegistrations: findDoubleRegistrations(running),
    leftOut,
  };
}

/** A server that is gone is viewed at its last heartbeat: nothing has run since. */
function viewServer(record: ServerRecord, isAlive: boolean, nowMs: number): ServerView {
  const seenAtMs = isAlive ? nowMs : record.heartbeatAtMs;
  const { parentPid = 0 } = record;
  const sinceHeartbeatMs = Math.max(0, nowMs - record.heartbeatAtMs);
  const tasks = Object.entries(record.tasks).map(([name, task]) => viewTask(name, task, seenAtMs));
  return {
    record,
    health: isAlive ? (sinceHeartbeatMs > heartbeatStaleAfterMs ? 'stuck' : 'up') : 'dead',
    clientPid: parentPid > 1 ? parentPid : null,
    upMs: Math.max(0, seenAtMs - record.startedAtMs),
    sinceHeartbeatMs,
    tasks,
    slowTask: slowestOf(tasks),
    waiting: record.waiting.map((call) => ({
      ...call,
      forMs: call.forMs + Math.max(0, seenAtMs - record.heartbeatAtMs),
    })),
    phases: record.phases.map((phase) => ({ ...phase, afterMs: phase.atMs - record.startedAtMs })),
  };
}

function viewTask(name: string, task: StartupTaskRecord, seenAtMs: number): TaskView {
  const { status, gating, attempts, startedAtMs, endedAtMs, cause } = task;
  return {
    name,
    description: startupTasks.find((known) => known.name === name)?.description ?? null,
    status,
    gating,
    attempts,
    forMs: startedAtMs === null ? null : Math.max(0, (endedAtMs ?? seenAtMs) - startedAtMs),
    cause,
  };
}

function slowestOf(tasks: readonly TaskView[]): TaskView | null {
  const running = tasks.filter(({ status }) => status === 'running');
  return running.sort((a, b) => (b.forMs ?? 0) - (a.forMs ?? 0))[0] ?? null;
}
