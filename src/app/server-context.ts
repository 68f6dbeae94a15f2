import type { EarlySettings } from '../domain/early-settings.ts';
import type { Log } from '../domain/log-record.ts';
import type { ServeFlags } from '../domain/serve-flags.ts';
import { createEarlyLog, type EarlyLog } from './early-log.ts';
import { createEarlySettings, type EarlySettingsStore, fixedEarlySettings } from './early-settings.ts';
import type { NodeProcess } from './node-process.ts';
import { findPlace, type Place } from './place.ts';
import type { ProgramFiles } from './program-files.ts';
import { createRootActors, type RootActors } from './root-actors.ts';
import { createTransitionLog, type TransitionLog } from './transition-log.ts';

/** What a server process shares, made once. */
export interface ServerContext {
  readonly nodeProcess: NodeProcess;
  readonly files: ProgramFiles;
  readonly serverId: string;
  readonly startedAtMs: number;
  readonly place: Place;
  readonly settings: EarlySettingsStore;
  readonly log: Log;
  readonly earlyLog: EarlyLog;
  readonly transitions: TransitionLog;
  /** Every chart that runs in this process. */
  readonly roots: RootActors;
  /** Values that are written nowhere: every redactor knows what is added here from then on. */
  readonly secrets: Set<string>;
  /** null: no file is kept. */
  logFile(): string | null;
}

/** What a server is started with. */
export interface ServerStart {
  readonly nodeProcess: NodeProcess;
  readonly files: ProgramFiles;
  readonly homeDir: string;
  /** Reads the command line. @throws AppError `invalid_input` */
  readFlags(): ServeFlags;
  /** Without them they are read from the configuration. */
  readonly settings?: EarlySettings;
}

export function createServerContext(start: ServerStart): ServerContext {
  const { nodeProcess, files, homeDir, readFlags } = start;
  const startedAtMs = Date.now();
  const serverId = createServerId(startedAtMs, nodeProcess.pid);
  const place = findPlace(nodeProcess, readFlags, homeDir);
  const settings =
    start.settings === undefined
      ? createEarlySettings(place, files, nodeProcess.getuid?.())
      : fixedEarlySettings(start.settings);
  const earlyLog = createEarlyLog({ server_id: serverId }, () => settings.current.logLevel);
  return {
    nodeProcess,
    files,
    serverId,
    startedAtMs,
    place,
    settings,
    log: earlyLog.log,
    earlyLog,
    transitions: createTransitionLog(),
    roots: createRootActors(),
    secrets: new Set(),
    logFile: () => (settings.current.logFile ? place.stateFolder.serverLogFile : null),
  };
}

/** Sorts by start time, and is unique on this machine. */
function createServerId(startedAtMs: number, pid: number): string {
  return [startedAtMs, pid, Math.floor(Math.random() * 2 ** 32)].map((part) => part.toString(36)).join('-');
}
