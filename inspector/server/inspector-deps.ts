/** A server whose process is alive, as its record has it. */
export interface RunningServer {
  readonly serverId: string;
  readonly pid: number;
  readonly version: string;
  readonly projectDir: string;
  /** Of a wrapped command; absent for `serve`. */
  readonly name?: string;
  readonly startedAtMs: number;
}

/** What the inspector needs from the program. */
export interface InspectorDeps {
  /** The built page: `index.html` and the files that it loads. */
  readonly pageDir: string;
  /** Charts with their layouts, one file each. */
  readonly chartsDir: string;
  /** 0: any free port. */
  readonly port: number;
  /** A recording to show instead of running servers; null: none. */
  readonly recordingFile: string | null;
  /** Passes all running servers to the callback: at once, after each change, and about once a second. Returns a function that stops it. */
  followServers(onServers: (running: readonly RunningServer[]) => void): () => void;
  /** The messages of a server as text. Each piece consists of whole lines with their newlines; the first line is the hello. Ends with the server. */
  watch(serverId: string, signal: AbortSignal): AsyncIterable<string>;
  /** Milliseconds since the epoch. */
  nowMs(): number;
  /** Gets problems that do not stop the inspector, a sentence each. */
  report(problem: string): void;
}
