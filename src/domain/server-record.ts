import type { ShutdownTrigger } from './shutdown-policy.ts';
import type { StartupTaskRecord } from './startup-task.ts';

/** When a state of the lifecycle was entered, in milliseconds since the epoch. */
export interface Phase {
  readonly state: string;
  readonly atMs: number;
}

/** Something that does not work while the rest does. */
export interface Degradation {
  readonly what: string;
  readonly cause: string;
}

/** Tells a process apart from a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from boot to the start of the process; null where the system does not say. */
  readonly startTicks: number | null;
  /** null where the system does not say. */
  readonly bootId: string | null;
}

/** A program that a server runs; the start time tells it apart from a later one with the same pid. */
export interface RunningProgram {
  readonly pid: number;
  readonly startTicks: number;
}

/** A server updates its record this often … */
export const heartbeatEveryMs = 5_000;
/** … and counts as stuck after this long without an update. */
export const heartbeatStaleAfterMs = 15_000;

/** What a server says of itself in `<state>/servers/<server id>.json`, and what `maitred status` reads. */
export interface ServerRecord {
  readonly formatVersion: 1;
  readonly serverId: string;
  readonly version: string;
  readonly process: ProcessIdentity;
  readonly projectDir: string;
  readonly heartbeatAtMs: number;
  /** State of the lifecycle chart. */
  readonly state: string;
  readonly startedAtMs: number;
  readonly phases: readonly Phase[];
  readonly tasks: Readonly<Record<string, StartupTaskRecord>>;
  readonly callsInFlight: number;
  /** Calls that wait, each with the tool's name and what it waits for. */
  readonly waiting: readonly { readonly tool: string; readonly waitsFor: readonly string[]; readonly forMs: number }[];
  /** Programs that it runs: their descendants are found through them even without the owner mark. */
  readonly programs: readonly RunningProgram[];
  readonly eventLoopDelayP99Ms: number;
  readonly memoryBytes: number;
  readonly degraded: readonly Degradation[];
  readonly logFile: string | null;
  readonly shutdownTrigger: ShutdownTrigger | null;
}
