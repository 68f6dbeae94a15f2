import type { Fault } from '../app-error.ts';
import type { Diagnostic } from '../expression/evaluate.ts';
import type { JsonObject } from '../json-object.ts';
import type { ArmCause, GraphStep, RecipeGraph, TemplateKey } from './recipe-graph.ts';
import {
  addSpending,
  type BudgetKind,
  exhaustedBudget,
  nothingSpent,
  type RunBudgets,
  type RunSpending,
  type StepSpending,
} from './run-spending.ts';
import { isSkipped, type SettledStep, type StepResult, settleStep } from './settle-step.ts';
import { renderValue } from './value-template.ts';

/** Where a run is, and what it knows. Plain JSON. */
export interface RecipeRun {
  readonly inputs: JsonObject;
  readonly budgets: RunBudgets;
  /** The step that the run is in, or was in last. */
  readonly at: string;
  /** How often each step has been entered, also where it was skipped. */
  readonly visits: Readonly<Record<string, number>>;
  /** Of the step that the run is in; from 0. */
  readonly attempt: number;
  readonly captured: JsonObject;
  /** Of the last step that had one; steps that only choose a route read it. */
  readonly result: unknown;
  readonly spent: RunSpending;
  /** What was decided since the last step began its work, oldest first. */
  readonly decisions: readonly RunDecision[];
}

/** Where a run goes on that was interrupted. */
export interface RunPosition extends Pick<RecipeRun, 'at' | 'visits' | 'attempt' | 'captured' | 'result' | 'spent'> {
  /** Whether `visits` has this visit of the step, and `attempt` this attempt. */
  readonly isEntered: boolean;
}

/** How the work of a step ended, and what it has used. */
export interface StepOutcome extends Omit<StepResult, 'kind'> {
  readonly kind: StepResult['kind'] | 'cancelled';
  readonly spent: StepSpending;
}

/** Why a run has left a step. */
export interface RunDecision {
  readonly step: string;
  readonly visit: number;
  readonly attempt: number;
  readonly cause: ArmCause | 'cancelled';
  /** A step or an end. What was cancelled leads to itself. */
  readonly to: string;
  /** The condition or cause, for people. */
  readonly why: string;
  /** How its work ended; null: it did not work. */
  readonly outcome: StepOutcome | null;
  /** Only what has changed. */
  readonly captured: JsonObject;
  readonly diagnostics: readonly Diagnostic[];
}

export interface RunEnd {
  readonly state: 'succeeded' | 'failed' | 'stopped' | 'cancelled' | 'interrupted' | 'budget_exhausted';
  /** The last step. */
  readonly at: string;
  /** Of a stop; null: none. */
  readonly message: string | null;
  readonly output: unknown;
  /** null: the run did not end for a defect or for a step that cannot be executed. */
  readonly fault: Fault | null;
  /** What would have to be raised; null: nothing. */
  readonly exhausted: BudgetKind | null;
}

/** The run as it begins, or goes on. */
export function beginRun(
  graph: RecipeGraph,
  {
    inputs,
    budgets,
    from,
  }: { readonly inputs: JsonObject; readonly budgets: RunBudgets; readonly from: RunPosition | null },
): RecipeRun {
  const run: RecipeRun = {
    inputs,
    budgets,
    at: graph.initial,
    visits: {},
    attempt: 0,
    captured: {},
    result: null,
    spent: nothingSpent,
    decisions: [],
  };
  if (from === null) return enterStep(run, graph.initial);
  const { isEntered, ...position } = from;
  return isEntered ? { ...run, ...position } : enterStep({ ...run, ...position }, position.at);
}

const enterStep = (run: RecipeRun, step: string): RecipeRun => ({
  ...run,
  at: step,
  attempt: 0,
  visits: { ...run.visits, [step]: visitsOf(run, step) + 1 },
});

export const visitsOf = ({ visits }: RecipeRun, step: string): number =>
  Object.hasOwn(visits, step) ? (visits[step] ?? 0) : 0;

/** The budget that ends the run before the step that it is in begins; null: none. */
export const exhaustedBudgetOf = ({ budgets, spent, visits }: RecipeRun): BudgetKind | null =>
  exhaustedBudget(
    budgets,
    spent,
    Object.values(visits).reduce((sum, count) => sum + count, 0),
  );

/** More than any recipe follows for a reason, and few enough for a server that has other work too. */
const mostStepsWithoutWork = 5_000;

/** Whether the run has followed so many steps without doing work that it would keep its server busy for ever. */
export const isSpinning = ({ decisions }: RecipeRun): boolean => decisions.length >= mostStepsWithoutWork;

const nothing = { captured: {}, diagnostics: [] } as const;

/** The arm by which a run leaves a step without doing its work; null: the work begins, or the run may not go on. */
export function armBeforeWork(step: GraphStep, run: RecipeRun): SettledStep | null {
  const armOf = (cause: ArmCause) => ({ arm: step.arms.findIndex((arm) => arm.cause === cause), ...nothing });
  const { most, isDeclared } = step.visits;
  const isLimited = isDeclared || run.budgets.visits === undefined;
  if (exhaustedBudgetOf(run) !== null || isSpinning(run) || step.kind === 'stop') return null;
  if (isLimited && visitsOf(run, step.name) > most) return armOf('exceeded');
  if (isSkipped(step, run.inputs)) return armOf('skipped');
  if (step.kind === 'refused') return armOf('refused');
  if (step.kind === 'route') return settleStep(step, run, { kind: 'success', result: run.result });
  return null;
}

/** The arm by which a run leaves a step after its work; null: the work was cancelled. */
export const armAfterWork = (step: GraphStep, run: RecipeRun, { kind, result }: StepOutcome): SettledStep | null =>
  kind === 'cancelled' ? null : settleStep(step, run, { kind, result });

/** The run when the work of a step has ended, before the next step is entered. */
export function settleRun(step: GraphStep, run: RecipeRun, outcome: StepOutcome): RecipeRun {
  const settled = armAfterWork(step, run, outcome);
  const next = decide(step, { ...run, decisions: [] }, settled, outcome);
  return {
    ...next,
    result: settled === null ? run.result : outcome.result,
    spent: addSpending(run.spent, outcome.spent),
  };
}

/** The run when it has left a step by an arm. */
export function followArm(step: GraphStep, run: RecipeRun, outcome: StepOutcome | null): RecipeRun {
  const settled = outcome === null ? armBeforeWork(step, run) : armAfterWork(step, run, outcome);
  const next = outcome === null ? decide(step, run, settled, null) : settleRun(step, run, outcome);
  const arm = step.arms[settled?.arm ?? -1];
  if (arm === undefined || arm.to.startsWith('$')) return next;
  return arm.cause === 'retry' ? { ...next, attempt: run.attempt + 1 } : enterStep(next, arm.to);
}

function decide(step: GraphStep, run: RecipeRun, settled: SettledStep | null, outcome: StepOutcome | null): RecipeRun {
  const { captured, diagnostics } = settled ?? nothing;
  const arm = step.arms[settled?.arm ?? -1] ?? { cause: 'cancelled', to: step.name, label: 'cancelled' };
  const { cause, to, label: why } = arm;
  const { attempt } = run;
  const visit = visitsOf(run, step.name);
  const decision: RunDecision = { step: step.name, visit, attempt, cause, to, why, outcome, captured, diagnostics };
  return {
    ...run,
    captured: Object.keys(captured).length === 0 ? run.captured : { ...run.captured, ...captured },
    decisions: [...run.decisions, decision],
  };
}

/** The templates of a step with their values. */
export type StepTexts = Readonly<Partial<Record<TemplateKey, unknown>>>;

export interface RenderedStep {
  readonly values: StepTexts;
  readonly diagnostics: readonly Diagnostic[];
}

export function renderStep(
  { templates }: GraphStep,
  { inputs, captured }: Pick<RecipeRun, 'inputs' | 'captured'>,
): RenderedStep {
  const scope = { inputs, context: captured };
  const rendered = Object.entries(templates).map(([key, template]) => ({ key, ...renderValue(template, scope) }));
  return {
    values: Object.fromEntries(rendered.map(({ key, value }) => [key, value ?? null])),
    diagnostics: rendered.flatMap(({ diagnostics }) => diagnostics),
  };
}
