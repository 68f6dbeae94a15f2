import type { ProcessExit, StopReason } from '../../domain/child-process.ts';

/** The beginning and the end of what was written, bounded. */
export interface CapturedBytes {
  readonly head: Uint8Array;
  /** Empty where nothing is left out. */
  readonly tail: Uint8Array;
  /** How many bytes between the two were left out; at least so many. */
  readonly leftOutBytes: number;
}

/** A file that a program has written, changed or removed. */
export interface CapturedFile {
  /** Absolute. */
  readonly path: string;
  /** Why its content is not kept, as a sentence; `removed`: it is gone. */
  readonly content: CapturedBytes | { readonly whyNot: string } | 'removed';
  readonly sizeBytes: number;
  readonly mode: number;
}

/** How much of an output was there at a time. */
export interface CapturedArrival {
  readonly atMs: number;
  readonly stream: 'stdout' | 'stderr';
  /** Of the stream, since its start. */
  readonly bytes: number;
}

/** All that is known of a program that has ended; with secrets, paths and times as they were. */
export interface CapturedProgram {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Where it keeps logs of its own; null: nowhere that its caller reads. The place `log`. */
  readonly logDir: string | null;
  /** What the call has set for it. */
  readonly env: Readonly<Record<string, string>>;
  /** null: it had none. */
  readonly stdin: CapturedBytes | null;
  readonly stdout: CapturedBytes;
  readonly stderr: CapturedBytes;
  readonly arrivals: readonly CapturedArrival[];
  readonly reason: StopReason;
  readonly exit: ProcessExit;
  readonly others: number;
  readonly elapsedMs: number;
  readonly files: readonly CapturedFile[];
  /** Why files are missing, as sentences. */
  readonly filesLeftOut: readonly string[];
}

/** One call whose programs are recorded. */
export interface RecordingCall {
  /** The number of the next program of the call: 1, 2 … The first also gives the call its number in the scenario. */
  nextProgram(): number;
  /**
   * Writes what a program has done into the folder of the call, which is still hidden. Never rejects: what cannot be written makes the scenario
   * incomplete, and the call goes on.
   */
  add(number: number, program: CapturedProgram): Promise<void>;
  /** The program of a number could not be started: nothing of it is recorded. */
  drop(number: number): void;
  /** A program of the call has been ended because the server ends: the call is unfinished, whatever its outcome. */
  abandon(): void;
  /**
   * The call has settled: its folder gets its name, synchronously; after the last `add` or `drop` where a program of it is still expected. A call
   * that started no program leaves nothing. Twice is safe.
   * @param outcome `succeeded` or the code of its error
   */
  settle(outcome: string): void;
}

/** Records the programs of one server into one folder. */
export interface ScenarioRecorder {
  beginCall(call: { readonly tool: string; readonly args: unknown }): RecordingCall;
  /** Settles when no call is open, or the signal is aborted. */
  whenQuiet(signal: AbortSignal): Promise<void>;
  /** Writes the end into `scenario.yaml` and lets go of the folder, synchronously. Twice is safe; calls that settle afterwards write it once more. */
  finish(): void;
}
