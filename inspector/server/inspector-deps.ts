/** A server whose process lives, as its record says. */
export interface RunningServer {
  readonly serverId: string;
  readonly pid: number;
  readonly version: string;
  readonly projectDir: string;
  readonly startedAtMs: number;
}

/** What the inspector knows of the world. */
export interface InspectorDeps {
  /** The built page: `index.html`, and what it asks for. */
  readonly pageDir: string;
  /** Charts that are laid out already, a file each. */
  readonly chartsDir: string;
  /** 0: any that is free. */
  readonly port: number;
  /** What the page is to show instead of running servers; null: nothing. */
  readonly recordingFile: string | null;
  /** Calls back with all that run: at once, after each change, and every second or so. Gives what ends it. */
  followServers(onLook: (running: readonly RunningServer[]) => void): () => void;
  /** What a server says: each piece is whole lines with their ends, the first line of all is its hello. It ends when the server is gone. */
  watch(serverId: string, signal: AbortSignal): AsyncIterable<string>;
  /** The time, in milliseconds since the epoch. */
  nowMs(): number;
  /** Is told what goes wrong and hinders nobody. */
  report(problem: string): void;
}
