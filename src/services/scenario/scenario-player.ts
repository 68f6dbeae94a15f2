import type { ScenarioStep } from '../../domain/scenario/scenario.ts';

/** A program that would be started. */
export interface WantedProgram {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Where it keeps logs of its own; null: nowhere that its caller reads. The place `log`. */
  readonly logDir: string | null;
  /** What the call has set for it. */
  readonly env: Readonly<Record<string, string>>;
}

/** A step that answers a program of this run. */
export interface PlayedStep {
  /** As in the folder: `0003-run_skill/1`. */
  readonly name: string;
  readonly step: ScenarioStep;
  /** Compares what the program got on stdin with the step's. @throws AppError `conflict`, naming step and difference */
  checkStdin(text: string): Promise<void>;
  /** What it prints, with the values of this run, in the order of its arrival. */
  output(): Promise<readonly PlayedOutput[]>;
  /**
   * Writes and removes the files that the program did, below the places of this run. @throws AppError `conflict` where a path leaves its place or
   * leads through a link, `unavailable` where it cannot be written
   */
  writeFiles(): Promise<void>;
}

export interface PlayedOutput {
  readonly atMs: number;
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: Uint8Array;
}

/** One call whose programs are answered. */
export interface PlayingCall {
  /**
   * The step that answers a program: the first that is not used of the recorded call, which is the first not used with the same tool and arguments.
   * @throws AppError `conflict`, naming the nearest step and the difference; nothing is used then
   */
  take(program: WantedProgram): PlayedStep;
}

/** Answers the programs of one server from one scenario. */
export interface ScenarioPlayer {
  beginCall(call: { readonly tool: string; readonly args: unknown }): PlayingCall;
  /** The steps that no program has used, in order, as `0003-run_skill/1 (claude)`. */
  readonly unused: readonly string[];
  /** The programs that no step has answered, also by their input, in order and for people: a tool may work without one, and not say it. */
  readonly unanswered: readonly string[];
}
