import type { RunSpending } from '../recipe/run-spending.ts';
import type { GateAnswer, GateOpened, JournalRecord, RunEnded } from './journal-record.ts';

/** A run that this process works on. */
export interface LiveRun {
  readonly runId: string;
  /** As of now. */
  readonly progress: RunProgress;
  /** Sends each record of the journal from now on, and changes of the progress. @returns a function that ends it */
  subscribe(listener: RunListener): () => void;
  /** Ends the run in order, as cancelled. Twice is safe. @param who for the journal */
  cancel(who: string): void;
  /**
   * A person's decision about the open gate.
   * @throws AppError `conflict` where that gate is not open, or shows something else now; `invalid_input` for a decision that it does not ask for
   */
  answer(answer: GateAnswer): Promise<void>;
  /** Settles when this process works on it no more. Never rejects. */
  readonly ended: Promise<RunResult>;
}

export interface RunListener {
  onRecord?(record: JournalRecord): void;
  onProgress?(progress: RunProgress): void;
}

export interface RunProgress {
  /** `paused`: the journal cannot be written now. */
  readonly state: 'running' | 'waiting' | 'paused' | 'stopping' | 'ended';
  /** The step that is in work; null: none is. */
  readonly step: StepProgress | null;
  readonly gate: OpenGate | null;
  /** Why it is paused, and what to do; null: it is not. */
  readonly pause: string | null;
  /** With what the step in work has used. */
  readonly spent: RunSpending;
}

export interface StepProgress {
  readonly name: string;
  readonly visit: number;
  readonly attempt: number;
  readonly tool: string | null;
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** What the tool reported last; null: nothing. */
  readonly text: string | null;
}

/** A gate that waits for a person. */
export interface OpenGate extends Pick<GateOpened, 'gate' | 'step' | 'asks' | 'shownHash'> {
  /** What the person is to be shown: the text whose hash is `shownHash`. */
  readonly shown: string;
}

/** How the work of this process on a run ended. `interrupted`: this process is shutting down, and the run can be resumed. */
export type RunResult =
  | { readonly state: RunEnded['state']; readonly ended: RunEnded }
  | { readonly state: 'interrupted'; readonly reason: string };
