import type { StateFolder } from '../domain/state-folder.ts';

/** Where text goes to. */
export interface TextOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  /** `drain`: there is room again after a write that gave `false`; `error`: nobody reads any more. */
  on?(event: 'drain' | 'error', listener: () => void): unknown;
}

/** Where a person answers. */
export type TextInput = NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined };

export interface InspectorRequest {
  readonly folder: StateFolder;
  /** 0: any that is free. */
  readonly port: number;
  /** What is shown instead of running servers; null: nothing. */
  readonly recordingFile: string | null;
  /** Is told what goes wrong and hinders nobody. */
  report(problem: string): void;
}

/** The inspector, as long as it is served. */
export interface OpenInspector {
  readonly port: number;
  readonly link: string;
  /** A link that lets in once: what a program is started with, every user of the machine can read. */
  issueLink(): string;
  /** Settles when somebody has asked for the end (Ctrl-C, SIGTERM, SIGHUP) and everything is closed. */
  readonly closed: Promise<void>;
}

/** The world, as the command line sees it. */
export interface CliHost {
  /** The arguments after the program's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: TextInput;
  /** Data. */
  readonly stdout: TextOutput;
  /** Words about it, and errors. */
  readonly stderr: TextOutput;
  readonly version: string;
  readonly platform: NodeJS.Platform;
  readonly homeDir: string;
  /** The absolute path of Node. */
  readonly nodeFile: string;
  /** The folder of the built program: `maitred.js` and what lies beside it. */
  readonly programDir: string;
  cwd(): string;
  /** Called once, at the end, when everything has been written; not called after `serve`. */
  exit(code: number): void;
  /** Serves the inspector on what servers do. @throws AppError `conflict` or `forbidden` when the port cannot be had, `unavailable` */
  openInspector(request: InspectorRequest): Promise<OpenInspector>;
  /** Becomes a server with the arguments after `serve`; ends the process by itself. */
  serve(args: readonly string[]): void | Promise<void>;
}

/** Colours are for terminals, and for people who have not refused them (https://no-color.org). */
export function hasColours(output: TextOutput, env: CliHost['env']): boolean {
  return output.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
}
