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
  /** Settles with a request to end (Ctrl-C, SIGTERM, SIGHUP), which ends the process only where this was not called. */
  whenAskedToEnd(): Promise<void>;
  /** Called once, after everything has been written. */
  exit(code: number): void;
  /** Removes secrets: those in the environment by value, others by shape. */
  redactor(): Redactor;
  /** Serves the inspector. @throws AppError `conflict` or `forbidden` if the port cannot be used, `unavailable` */
  openInspector(request: InspectorRequest): Promise<OpenInspector>;
}
