import type { ShutdownTrigger } from './shutdown-policy.ts';
import type { StartupTaskRecord } from './startup-task.ts';

/** When a state of the lifecycle was entered, in milliseconds since the epoch. */
export interface Phase {
  readonly state: string;
  readonly atMs: number;
}

/** Something that does not work while the rest of the server does. */
export interface Degradation {
  readonly what: string;
  readonly cause: string;
}

/** Identifies a process: a later process with the same pid has another identity. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from boot to the start of the process; null: the system does not show it. */
  readonly startTicks: number | null;
  /** null: the system does not show it. */
  readonly bootId: string | null;
  /**
   * The pid namespace: containers on one machine have one each, and the same pid is another process in each. null: the system does not
   * show it. Absent in what an earlier version wrote, which counts as our own.
   */
  readonly pidNamespace?: string | null | undefined;
}

/** A program that a server runs. A later program with the same pid has another start time. */
export interface RunningProgram {
  readonly pid: number;
  readonly startTicks: number;
}

/** The command behind the front of `maitred wrap`. */
export interface WrappedCommand {
  /** For people: `--name`, or what the command calls. */
  readonly name: string;
  readonly command: string;
  /** State of the upstream chart, and when it was entered. */
  readonly state: string;
  readonly sinceMs: number;
  /** null while it does not run. */
  readonly pid: number | null;
  /** How often it was started. */
  readonly starts: number;
  /** Why it does not serve; null while it does. */
  readonly cause: string | null;
  /** The end of what it wrote to stderr. */
  readonly stderrTail: string;
  /** null: it has not failed. `output`: the end of what it wrote to stderr then. */
  readonly lastFailure: { readonly atMs: number; readonly cause: string; readonly output: string } | null;
}

/** The recipe run that a host without clients is for. */
export interface RecordedRun {
  /** null: it is not known yet. */
  readonly runId: string | null;
  /** The name of the recipe; null: it is not known yet. */
  readonly recipe: string | null;
}

/** A server updates its record this often … */
export const heartbeatEveryMs = 5_000;
/** … and counts as stuck after this long without an update. */
export const heartbeatStaleAfterMs = 15_000;
/**
 * A process of another pid namespace cannot be seen from here: it counts as dead after this long without a sign of life. Generous,
 * since a machine that wakes up finds every heartbeat old.
 */
export const unseenDeadAfterMs = 300_000;

/** The file `<state>/servers/<server id>.json`. It shows that a server is alive; `maitred status` reads it. */
export interface ServerRecord {
  readonly formatVersion: 1;
  readonly serverId: string;
  readonly version: string;
  readonly process: ProcessIdentity;
  /** Absent in what an earlier version wrote, as are the next two. */
  readonly parentPid?: number | undefined;
  /** As the client calls itself; null until it has sent initialize. */
  readonly clientName?: string | null | undefined;
  /** Whether it is the server of a plugin, not of an entry in the client's configuration. */
  readonly isFromPlugin?: boolean | undefined;
  /** Whether `maitred cook` gave it to the client. Absent: no. */
  readonly isFromCook?: boolean | undefined;
  readonly projectDir: string;
  readonly heartbeatAtMs: number;
  /** State of the lifecycle chart. */
  readonly state: string;
  readonly startedAtMs: number;
  readonly phases: readonly Phase[];
  readonly tasks: Readonly<Record<string, StartupTaskRecord>>;
  readonly callsInFlight: number;
  /** Parked calls, each with the name of its tool and what it waits for. */
  readonly waiting: readonly { readonly tool: string; readonly waitsFor: readonly string[]; readonly forMs: number }[];
  /** Programs that it runs: they lead to their descendants even if those lack the owner mark. */
  readonly programs: readonly RunningProgram[];
  readonly eventLoopDelayP99Ms: number;
  /** null: the system does not show it. */
  readonly memoryBytes: number | null;
  readonly degraded: readonly Degradation[];
  readonly logFile: string | null;
  readonly shutdownTrigger: ShutdownTrigger | null;
  /** Absent where no command is wrapped. */
  readonly wrapped?: WrappedCommand | undefined;
  /** Absent where the server is for clients. */
  readonly recipeRun?: RecordedRun | undefined;
  /** Absent where none is recorded or replayed. */
  readonly scenario?: ServerScenario | undefined;
}

/** What a server does with a scenario. */
export interface ServerScenario {
  readonly kind: 'record' | 'replay';
  /** Absolute. */
  readonly dir: string;
}
