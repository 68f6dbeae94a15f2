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
  /** Becomes a server with the arguments after `serve`; ends the process by itself. */
  serve(args: readonly string[]): void | Promise<void>;
}

/** Colours are for terminals, and for people who have not refused them (https://no-color.org). */
export function hasColours(output: TextOutput, env: CliHost['env']): boolean {
  return output.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
}
