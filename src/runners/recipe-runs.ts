import type { StartedBy } from '../domain/inspection.ts';
import type { JsonObject } from '../domain/json-object.ts';
import type { Log } from '../domain/log-record.ts';
import type { RecipeGraph } from '../domain/recipe/recipe-graph.ts';
import type { CallSpending, RunBudgets } from '../domain/recipe/run-spending.ts';
import type { Adoption } from '../domain/recipe-run/adoption.ts';
import type { LiveRun, OpenGate } from '../domain/recipe-run/live-run.ts';
import type { CallFault } from '../domain/recipe-run/outcome-of-call.ts';
import type { Redactor } from '../domain/redact.ts';
import type { Journals } from '../services/journal/journals.ts';
import type { OpenedRun } from '../services/journal/owned-run.ts';
import type { RunJournal, RunJournalHost } from '../services/journal/run-journal.ts';
import type { RunnerDeps } from './run-chart.ts';
import type { Workers } from './worker-registry.ts';

/** A run to start. */
export interface RunSpec {
  readonly recipe: { readonly name: string; readonly path: string; readonly text: string };
  readonly graph: RecipeGraph;
  /** With defaults. */
  readonly inputs: JsonObject;
  readonly budgets: RunBudgets;
  /** The folder of the project. */
  readonly cwd: string;
  /** Who started it, for people. */
  readonly startedBy: string;
}

export interface ResumeSpec {
  /** New totals; what is left out stays as it was. */
  readonly budgets: RunBudgets;
  /** Whether to follow the recipe's file as it is now. */
  readonly acceptsChanges: boolean;
  /** Who resumes it, for the journal. */
  readonly who: string;
}

/** Runs recipes: each run is a chart, and a journal that outlives this process. */
export interface RecipeRuns {
  /**
   * Starts a run. Resolves when its first record is on the disk; the rest goes on by itself.
   * @throws AppError `unavailable` where the state folder cannot be written, and during a shutdown
   */
  start(spec: RunSpec): Promise<LiveRun>;
  /**
   * Goes on with a run that no process works on. A step that was in work is looked at first, and is done again only where that is safe.
   * @throws AppError `conflict`, naming the owner, where one is alive; `conflict` where the recipe has changed, where the run has ended, and
   * where its journal is damaged; `not_found`; `unavailable`
   */
  resume(runId: string, spec: ResumeSpec): Promise<LiveRun>;
  /** A run that this process works on; null: it works on no such run. */
  find(runId: string): LiveRun | null;
}

/** A call of a tool by a step. */
export interface StepToolCall {
  readonly runId: string;
  readonly tool: string;
  readonly args: unknown;
  readonly key: string;
  readonly signal: AbortSignal;
  /** The actor of the step: what the tool starts is shown below it. */
  readonly startedBy: StartedBy;
  report(message: string): void;
  onSpending(spent: CallSpending): void;
}

/** The JSON that the tool answered, without secrets; or what its error says. */
export type StepToolOutcome = { readonly output: unknown } | { readonly fault: CallFault };

export interface RecipeRunnerDeps extends RunnerDeps {
  /** Owns the runs. */
  readonly serverId: string;
  readonly log: Log;
  readonly redact: Redactor;
  readonly journals: Pick<Journals, 'create' | 'claim' | 'readRecipe' | 'readBlob' | 'watchRequests'>;
  /** As `openRunJournal`. */
  openJournal(opened: OpenedRun, host: RunJournalHost): RunJournal;
  /** As `Recipes.compile`. */
  compile(text: string, path: string): RecipeGraph;
  /** The text of the recipe's file as it is now; null: it is gone. */
  readRecipeText(path: string): string | null;
  /** Never rejects. */
  callTool(call: StepToolCall): Promise<StepToolOutcome>;
  /** As `Tool.adopt`. @throws AppError where the arguments are not valid */
  adopt(call: Pick<StepToolCall, 'tool' | 'args' | 'key'>): Promise<Adoption>;
  /** What is wrong with a result, by its JSON Schema; null: nothing. */
  checkResult(schema: JsonObject, result: unknown): string | null;
  /** @throws AppError `unavailable` */
  ensureServerRecord(): void;
  isShuttingDown(): boolean;
  onGateOpened?: ((run: LiveRun, gate: OpenGate) => void) | undefined;
}

export type RecipeRunner = RecipeRuns & Required<Pick<Workers, 'drain' | 'whenSettled'>>;
