import type { Fault } from '../domain/app-error.ts';
import type { ProcessSpec } from '../domain/child-process.ts';
import type { JsonObject } from '../domain/json-object.ts';
import type { RunBudgets } from '../domain/recipe/run-spending.ts';
import type { LiveRun, RunResult } from '../domain/recipe-run/live-run.ts';
import type { Redactor } from '../domain/redact.ts';
import type { StateFolder } from '../domain/state-folder.ts';

export interface TextOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  /** `drain`: there is room again after a write that returned `false`; `error`: the reader is gone. */
  on?(event: 'drain' | 'error', listener: () => void): unknown;
}

export type TextInput = NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined };

export interface InspectorRequest {
  readonly folder: StateFolder;
  /** 0: any free port. */
  readonly port: number;
  /** A recording to show instead of running servers. */
  readonly recordingFile: string | null;
  /** Receives problems that do not end the inspector. */
  report(problem: string): void;
}

/** The inspector while it is served. */
export interface OpenInspector {
  readonly port: number;
  readonly link: string;
  /** A link that works once: every user of the machine can read the arguments of a program. */
  issueLink(): string;
  /** Settles when everything is closed after a request to end (Ctrl-C, SIGTERM, SIGHUP). */
  readonly closed: Promise<void>;
}

/** What a process without clients does with a run. */
export type RunRequest = {
  /** null: where the command is run. */
  readonly project: string | null;
} & (
  | {
      readonly kind: 'start';
      /** A name, or the path of a file. */
      readonly recipe: string;
      readonly inputs: JsonObject;
      readonly budgets: RunBudgets;
    }
  | { readonly kind: 'resume'; readonly runId: string; readonly budgets: RunBudgets; readonly acceptsChanges: boolean }
  /** For a run that no process works on. */
  | { readonly kind: 'cancel'; readonly runId: string }
);

export interface RunWatcher {
  /** Called once, before the first step: the run is on the disk. */
  onStarted(run: LiveRun): void;
  /**
   * Called for each Ctrl-C, SIGTERM or SIGHUP. The run is interrupted, so that it can be resumed, where this returns true.
   */
  mayStop(signal: NodeJS.Signals): boolean;
  /** Whether to end, and leave the run to be resumed, when a person has to decide. */
  readonly leavesAtGate: boolean;
}

/** How a process without clients ended. `waiting`: a person has to decide, and nothing works on the run any more. */
export type RunExit =
  | { readonly runId: string; readonly state: RunResult['state'] | 'waiting'; readonly reason: string }
  /** The process failed by itself. */
  | { readonly fault: Fault };

/** The process and its surroundings, for the command line. */
export interface CliHost {
  /** The arguments after the program's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: TextInput;
  /** Data. */
  readonly stdout: TextOutput;
  /** Remarks and errors. */
  readonly stderr: TextOutput;
  readonly version: string;
  readonly platform: NodeJS.Platform;
  readonly homeDir: string;
  /** The absolute path of Node. */
  readonly nodeFile: string;
  /** The folder of the built program: `maitred.js` and the files beside it. */
  readonly programDir: string;
  cwd(): string;
  /** Whether this program was started by a server's child process, at any distance. */
  isStartedByServer(): boolean;
  /** Whether `startDetached` of this program started it, in the background. */
  readonly isDetached: boolean;
  /** Settles with a request to end (Ctrl-C, SIGTERM, SIGHUP), which ends the process only where this was not called. */
  whenAskedToEnd(): Promise<void>;
  /** Called once, after everything has been written. */
  exit(code: number): void;
  /** Removes secrets: those in the environment by value, others by shape. */
  redactor(): Redactor;
  /**
   * Gives the terminal to a program until it ends, also for Ctrl-C.
   * @returns its exit code; after a signal, 128 and the signal's number
   * @throws AppError where it cannot be started
   */
  runOnTerminal(program: Pick<ProcessSpec, 'file' | 'args' | 'cwd'>): Promise<number>;
  /** Serves the inspector. @throws AppError `conflict` or `forbidden` if the port cannot be used, `unavailable` */
  openInspector(request: InspectorRequest): Promise<OpenInspector>;
  /**
   * Makes this process a server without clients that works on one run, and settles when the server has ended.
   * @throws AppError as `Recipes.prepare`, `RecipeRuns.start` and `RecipeRuns.resume`
   */
  runRecipe(request: RunRequest, watcher: RunWatcher): Promise<RunExit>;
  /**
   * Starts this program again with these arguments, in the background: it goes on when the terminal is closed.
   * @returns the id of the run, once it is on the disk
   * @throws AppError what that program reports, `unavailable` where it ends before
   */
  startDetached(args: readonly string[]): Promise<string>;
}
