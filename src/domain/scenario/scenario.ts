import type { ProcessExit, StopReason } from '../child-process.ts';

/**
 * A scenario is a folder: what programs printed and wrote when the calls of one server started them.
 *
 *     scenario.yaml                    version, state, which calls had not settled
 *     calls/0001-run_cmd/call.yaml     the tool, its arguments, how it settled
 *     calls/0001-run_cmd/1.yaml        the first program that it started
 *     calls/0001-run_cmd/1.stdout      what that printed; also 1.stderr and 1.stdin; none of them where it is empty
 *     calls/0001-run_cmd/1.files/…     what it wrote
 *     .gitignore, .gitattributes       make git keep all of it, byte by byte; nothing reads them
 *
 * A folder of `calls` is made under a hidden name and renamed when its call has settled, so it is complete or not there.
 * Its number is that of the call in the order in which calls have started their first program; numbers of calls that never settled are missing.
 * All texts are without secrets and with placeholders (`placeholders.ts`).
 */
export const scenarioVersion = 1;

export const scenarioFile = 'scenario.yaml';
export const callsFolder = 'calls';
export const callFile = 'call.yaml';

/* What a scenario may hold: the recorder stops there, and a reader refuses more. */
export const mostCalls = 10_000;
/** Of one call. */
export const mostPrograms = 10_000;
export const mostArguments = 100_000;
/** Rows of `output`. */
export const mostArrivals = 20_000;
/** Of one program. */
export const mostFilesOfStep = 10_000;
/** Problems of a scenario, and reasons of a step. */
export const mostSentences = 1_000;
/** Of one YAML file. */
export const mostYamlBytes = 4 * 1024 ** 2;
/** Of one content. */
export const mostContentBytes = 64 * 1024 ** 2;

/** `incomplete`: something could not be written. `recording`: a server records into it, or was killed while it did. */
export type ScenarioState = 'recording' | 'complete' | 'incomplete';

/** The content of `scenario.yaml`. */
export interface ScenarioManifest {
  readonly version: typeof scenarioVersion;
  /** The version of maitred. */
  readonly recorded_by: string;
  /** What was run, as the person who recorded it says; absent: not said. */
  readonly recipe?: string;
  readonly state: ScenarioState;
  /** How many calls have settled. Of a scenario in the state `recording` it is not known: 0. */
  readonly calls: number;
  /** The calls that had started a program and had not settled when the server ended, as `0004-run_cmd`. */
  readonly unfinished: readonly string[];
  /** Why it is incomplete, as sentences. */
  readonly problems: readonly string[];
}

/** The content of `call.yaml`. */
export interface ScenarioCall {
  readonly tool: string;
  /** The step of a recipe: the argument `step_name`, or the name of the skill; absent: none. */
  readonly step_name?: string;
  /** As the caller gave them. */
  readonly arguments: Readonly<Record<string, unknown>>;
  /** `succeeded`, or the code of its error. */
  readonly outcome: string;
  /** How many programs it has started. Each has a file: `1.yaml`, `2.yaml` … */
  readonly programs: number;
}

/** One row of how output arrived: milliseconds since the start, the stream, and how many more lines of it were there then. */
export type Arrival = readonly [atMs: number, stream: 'stdout' | 'stderr', lines: number];

/** An output, an input or a file that a program wrote, as kept in the scenario. */
export interface KeptContent {
  /** Relative to the folder of the call; absent: nothing is kept. */
  readonly file?: string;
  /** As it was written. */
  readonly bytes: number;
  /** Of what is kept, as text in the scenario. */
  readonly sha256?: string;
  /** How many bytes were left out, in the middle, and replaced by a line that says so; absent: none. */
  readonly left_out?: number;
  /** Why nothing is kept, as a sentence; absent: it is. */
  readonly why_not?: string;
  /** Whether it is not UTF-8: kept byte by byte, without placeholders. */
  readonly binary?: true;
}

export interface WrittenFile extends KeptContent {
  /** With the place that it is below: `<<project>>/dist/a.js`. */
  readonly path: string;
  /** Permissions, octal; absent where it was removed. */
  readonly mode?: string;
  readonly removed?: true;
}

/** The content of `1.yaml`: one program that a call has started. */
export interface ScenarioStep {
  /** The name of the program without its folder. */
  readonly program: string;
  readonly arguments: readonly string[];
  /** The working directory, with its place. */
  readonly folder: string;
  /** Those of the variables that the call has set for it. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: KeptContent;
  readonly stdout: KeptContent;
  readonly stderr: KeptContent;
  readonly output: readonly Arrival[];
  readonly ended: ProcessExit & {
    readonly reason: StopReason;
    readonly after_ms: number;
    /** Processes that it left running, and that were ended. */
    readonly others: number;
  };
  /** Below the places, in the order of their paths. */
  readonly files: readonly WrittenFile[];
  /** Why files are missing, as sentences; absent: none is. */
  readonly files_left_out?: readonly string[];
}

/** A name of a call or a program for people, as it is in the folder: `0003-run_skill/1`. */
export const nameOfStep = (call: string, program: number): string => `${call}/${program}`;

/** The longest name of a tool is kept; other characters than those of names become `-`. */
export const callFolderName = (number: number, tool: string): string =>
  `${String(number).padStart(4, '0')}-${tool.replace(/[^\w.-]+/g, '-').slice(0, 64)}`;

/** Whether a path of a written file is below a place that programs write to, or is an entry of the folder for temporary files: no part of it leads out of that. */
export const isWritablePath = (path: string): boolean =>
  /^<<(?:(?:project|worktrees|log)>>\/|temp\.\d{1,9}>>(?:\/|$))/.test(path) && isPlainPath(path);

/** Whether a relative path leads down only. */
export const isPlainPath = (path: string): boolean =>
  !path.includes('\0') && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');

/** A call that starts programs, as its server sees it. */
export interface ObservedCall {
  readonly tool: string;
  readonly args: unknown;
  /** What it starts has this signal, or is started by a chart that has. */
  readonly signal: AbortSignal;
}

/** Is informed of the calls of a server: whatever records or replays the programs that they start. */
export interface CallObserver {
  /**
   * A call begins to run. @returns what is to be called once, when it has settled and before it is answered: with `succeeded`, or the code of its error
   */
  begin(call: ObservedCall): (outcome: string) => void;
}
