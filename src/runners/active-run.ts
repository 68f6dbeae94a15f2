import type { AppError } from '../domain/app-error.ts';
import type { GraphStep, RecipeGraph } from '../domain/recipe/recipe-graph.ts';
import type { StepOutcome } from '../domain/recipe/recipe-run.ts';
import { addSpending, type CallSpending } from '../domain/recipe/run-spending.ts';
import type { Adoption } from '../domain/recipe-run/adoption.ts';
import type { GateAnswer, JournalRecord, StepEntered } from '../domain/recipe-run/journal-record.ts';
import type {
  LiveRun,
  OpenGate,
  RunListener,
  RunProgress,
  RunResult,
  StepProgress,
} from '../domain/recipe-run/live-run.ts';
import type { createRecipeMachine, RecipeEvent } from '../machines/recipe.machine.ts';
import type { OpenedRun } from '../services/journal/owned-run.ts';
import type { RunJournal, RunJournalHost } from '../services/journal/run-journal.ts';
import type { RecipeRunnerDeps } from './recipe-runs.ts';
import type { RunningChart } from './run-chart.ts';

/** A recipe as a chart: one for all runs that follow it. */
export interface Program {
  /** Of the recipe's text. */
  readonly hash: string;
  readonly graph: RecipeGraph;
  readonly steps: ReadonlyMap<string, GraphStep>;
  readonly machine: ReturnType<typeof createRecipeMachine>;
}

/** The step in work, until it settles. */
export interface StepInWork extends StepProgress {
  text: string | null;
  used: CallSpending;
}

/** What the runs of a runner share. */
export interface RunsInCommon extends Pick<RecipeRunnerDeps, 'log' | 'openJournal' | 'onGateOpened'> {
  /** Aborted when the host shuts down: what cannot be written then is given up. */
  readonly giveUp: AbortSignal;
  takeRequests(run: ActiveRun): Promise<void>;
}

/** What the runner keeps of a run, and what others see. A class for the reason that the journal of a run is one. */
export class ActiveRun implements LiveRun, RunJournalHost {
  readonly runId: string;
  readonly journal: RunJournal;
  /** What the last work of a step comes to; null where nothing is to be journalled. */
  work: Promise<StepOutcome | null> = nothingDone;
  step: StepInWork | null = null;
  chart: RunningChart<Program['machine']> | null = null;
  pause: string | null = null;
  cancelledBy: string | null = null;
  /** No further step is entered: the host shuts down. */
  isStopping = false;
  /** Why its journal can be written no more; null: it can. */
  lost: AppError | null = null;
  hasEnded = false;
  readonly ended: Promise<RunResult>;
  settle: (result: RunResult) => void = () => undefined;
  /** Most runs have none. */
  #listeners: Set<RunListener> | null = null;

  /** @param resumed the step that was in flight at a crash, until it is entered again */
  constructor(
    readonly shared: RunsInCommon,
    readonly program: Program,
    opened: OpenedRun,
    public resumed: ResumedStep | null,
  ) {
    this.runId = opened.reading.state.started.runId;
    this.journal = shared.openJournal(opened, this);
    this.ended = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  get giveUp(): AbortSignal {
    return this.shared.giveUp;
  }

  get progress(): RunProgress {
    return progressOf(this);
  }

  subscribe(listener: RunListener): () => void {
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
    return () => this.#listeners?.delete(listener);
  }

  cancel(who: string): void {
    if (this.isStopping || this.cancelledBy !== null) return;
    this.cancelledBy = who;
    this.send({ type: 'CANCEL' });
  }

  answer(answer: GateAnswer): Promise<void> {
    return this.journal.answer(answer);
  }

  send(event: RecipeEvent): void {
    this.chart?.send(event);
  }

  notifyProgress(): void {
    for (const { onProgress } of this.#listeners ?? []) onProgress?.(this.progress);
  }

  onRecord(record: JournalRecord): void {
    for (const { onRecord } of this.#listeners ?? []) onRecord?.(record);
  }

  onPause(problem: string | null): void {
    this.pause = problem;
    if (problem !== null) this.shared.log.warning('run_paused', { run: this.runId, problem });
    this.notifyProgress();
  }

  onGateOpened(gate: OpenGate): void {
    this.notifyProgress();
    this.shared.onGateOpened?.(this, gate);
    // One may have been left before.
    void this.shared.takeRequests(this);
  }

  onLost(problem: AppError): void {
    this.lost ??= problem;
    this.interrupt();
  }

  /** The run can be resumed: no further step is entered. */
  interrupt(): void {
    this.isStopping = true;
    this.send({ type: 'INTERRUPT' });
  }

  onIgnoredAnswer({ gate, who }: GateAnswer, problem: string): void {
    this.shared.log.warning('answer_ignored', { run: this.runId, gate, who, problem });
  }
}

const nothingDone: Promise<null> = Promise.resolve(null);

export interface ResumedStep {
  readonly entered: StepEntered;
  /** null: the step calls no tool. */
  readonly adoption: Adoption | null;
}

function progressOf({ journal, step, pause, isStopping, cancelledBy, hasEnded }: ActiveRun): RunProgress {
  const { state, gate } = journal;
  const { spent } = state;
  const used = step === null ? null : { ...step.used, ms: Date.now() - step.startedAtMs };
  return {
    state: stateNow({ hasEnded, isStopping: isStopping || cancelledBy !== null, pause, gate }),
    step,
    gate,
    pause,
    spent: used === null ? spent : addSpending(spent, used),
  };
}

function stateNow({
  hasEnded,
  isStopping,
  pause,
  gate,
}: Pick<RunProgress, 'pause' | 'gate'> & { readonly hasEnded: boolean; readonly isStopping: boolean }) {
  if (hasEnded) return 'ended';
  if (isStopping) return 'stopping';
  if (pause !== null) return 'paused';
  return gate === null ? 'running' : 'waiting';
}
