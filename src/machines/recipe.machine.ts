import { assign, setup } from 'xstate';
import { type Fault, toFault } from '../domain/app-error.ts';
import type { Diagnostic } from '../domain/expression/evaluate.ts';
import type { JsonObject } from '../domain/json-object.ts';
import { compileRecipe } from '../domain/recipe/compile-recipe.ts';
import { recipeOf } from '../domain/recipe/recipe.ts';
import {
  type EndName,
  type GraphArm,
  type GraphStep,
  type GraphStepKind,
  isImplied,
  type RecipeGraph,
} from '../domain/recipe/recipe-graph.ts';
import {
  armAfterWork,
  armBeforeWork,
  beginRun,
  exhaustedBudgetOf,
  followArm,
  isSpinning,
  type RecipeRun,
  type RunDecision,
  type RunEnd,
  type RunPosition,
  renderStep,
  type StepOutcome,
  type StepTexts,
  settleRun,
  visitsOf,
} from '../domain/recipe/recipe-run.ts';
import type { BudgetKind, RunBudgets } from '../domain/recipe/run-spending.ts';
import type { StepAttempt } from '../domain/recipe-run/journal-record.ts';
import { type ActorsOf, defineWork, notProvided, type WorkScope } from './define-work.ts';

export type RecipeEvent =
  /** A person or the host ends the run. */
  | { type: 'CANCEL' }
  /** The host shuts down: the run is resumed later. */
  | { type: 'INTERRUPT' }
  /** The step at work has used up a budget of the run. */
  | { type: 'EXHAUST_BUDGET'; budget: BudgetKind };

export interface RecipeMachineInput {
  /** Names the run for the work. */
  readonly run: number;
  /** With the defaults of the recipe. */
  readonly inputs: JsonObject;
  readonly budgets: RunBudgets;
  /** null: at the first step. */
  readonly from: RunPosition | null;
}

export interface RecipeMachineContext extends RecipeRun {
  readonly run: number;
  /** Why the run is ended from outside; null: it is not. */
  readonly stop: 'cancelled' | 'interrupted' | 'budget' | null;
  readonly exhausted: BudgetKind | null;
  readonly end: EndName | null;
  readonly fault: Fault | null;
}

export interface RecipeMachineOutput extends RunEnd {
  /** What no step was given as `decisions`. */
  readonly decisions: readonly RunDecision[];
}

/** One attempt of a step of a run. */
export interface StepOfRun extends StepAttempt {
  readonly run: number;
}

export interface StepCall extends StepOfRun {
  /** The arguments and other templates of the step, with their values. */
  readonly values: StepTexts;
  readonly diagnostics: readonly Diagnostic[];
  /** What was decided since the last call, oldest first: to be journalled before the step is. */
  readonly decisions: readonly RunDecision[];
}

/** Rejects only with a defect: the run ends with it. */
type DoStep = (call: StepCall, scope: WorkScope) => Promise<StepOutcome>;

export interface RecipeWork {
  /** Calls the tool, or has the constant. */
  readonly runStep: DoStep;
  /** Settles when a person has decided: `success` to agree, `failure` to refuse. */
  readonly waitForAnswer: DoStep;
  /** Settles when what the step waits for has happened. */
  readonly waitFor: DoStep;
  /** Settles when the work of a step whose signal was aborted has ended; null: nothing came of it. */
  endStep(attempt: StepOfRun, scope: WorkScope): Promise<StepOutcome | null>;
}

export const recipeWork = /* @__PURE__ */ defineWork<RecipeWork>({
  runStep: 'promise',
  waitForAnswer: 'promise',
  waitFor: 'promise',
  endStep: 'promise',
});

const workOf = {
  tool: 'runStep',
  constant: 'runStep',
  refused: 'runStep',
  confirm: 'waitForAnswer',
  wait: 'waitFor',
} as const satisfies Readonly<Record<Exclude<GraphStepKind, 'route' | 'stop'>, keyof RecipeWork>>;

interface ArmParams {
  readonly step: string;
  readonly arm: number;
  /** null: the step has not begun its work. */
  readonly outcome: StepOutcome | null;
}

const isBeforeWork = ({ kind }: GraphStep, { cause }: GraphArm): boolean =>
  kind === 'route' || cause === 'exceeded' || cause === 'skipped' || cause === 'refused';

/** The recipe's chart: a state for each step, with its arms in the order of the graph. */
export function createRecipeMachine(graph: RecipeGraph, actors: ActorsOf<RecipeWork>) {
  const steps = new Map(graph.steps.map((step) => [step.name, step]));
  const stepOf = (name: string): GraphStep => {
    const step = steps.get(name);
    if (step === undefined) throw new Error(`the recipe has no step ${name}`);
    return step;
  };
  const isTaken = ({ context }: { context: RecipeMachineContext }, { step, arm, outcome }: ArmParams): boolean => {
    const armOf =
      outcome === null ? armBeforeWork(stepOf(step), context) : armAfterWork(stepOf(step), context, outcome);
    return armOf?.arm === arm;
  };
  const labels = new Set(graph.steps.flatMap(({ arms }) => arms.map(({ label }) => label)));

  const base = setup({
    types: {
      context: {} as RecipeMachineContext,
      input: {} as RecipeMachineInput,
      output: {} as RecipeMachineOutput,
      events: {} as RecipeEvent,
    },
    actors,
    guards: {
      // Each arm has the guard of its label, so that pictures show the condition.
      ...Object.fromEntries([...labels].map((label) => [label, isTaken])),
      isTaken,
      isAt: ({ context }, { step }: { step: string }) => context.at === step,
      isCancelled: ({ context }) => context.stop === 'cancelled',
      isInterrupted: ({ context }) => context.stop === 'interrupted',
      wasCancelled: (_, { outcome }: { outcome: StepOutcome }) => outcome.kind === 'cancelled',
      isBudgetExhausted: ({ context }) => exhaustedBudgetOf(context) !== null,
      isSpinning: ({ context }) => isSpinning(context),
    },
    actions: {
      followArm: assign(({ context }, { step, outcome }: ArmParams) => followArm(stepOf(step), context, outcome)),
      keepOutcome: assign(({ context }, { outcome }: { outcome: StepOutcome | null }) =>
        outcome === null ? {} : settleRun(stepOf(context.at), context, outcome),
      ),
      keepRefusal: assign({
        fault: (_, { step }: ArmParams): Fault => ({ code: 'invalid_input', message: stepOf(step).refusal ?? '' }),
      }),
      keepSpin: assign({
        fault: ({ context: { decisions, at } }): Fault => ({
          code: 'invalid_input',
          message: `The run has followed ${decisions.length} steps in a row that do no work, the last one to ${at}: give one of them a smaller max_visits.`,
        }),
      }),
      keepFault: assign((_, { error }: { error: unknown }) => ({ fault: toFault(error), decisions: [] })),
      keepExhausted: assign({ exhausted: ({ context }) => context.exhausted ?? exhaustedBudgetOf(context) }),
      stopFor: assign((_, { stop, exhausted }: Pick<RecipeMachineContext, 'stop' | 'exhausted'>) => ({
        stop,
        exhausted,
        decisions: [],
      })),
      keepEnd: assign({ end: (_, { end }: { end: EndName }) => end }),
    },
    delays: { endLimit: 60_000 },
  });

  const armsOf = (step: GraphStep, isOwn: (arm: GraphArm) => boolean) =>
    step.arms.flatMap((arm, index) => (isOwn(arm) ? [{ arm, index }] : []));
  /** The guard of an arm is `isTaken` under the name of its label. */
  const guardNameOf = ({ label }: GraphArm) => label as 'isTaken';

  const always = (step: GraphStep) =>
    armsOf(step, (arm) => isBeforeWork(step, arm)).map(({ arm, index }) => {
      const params = { step: step.name, arm: index, outcome: null };
      const follow = { type: 'followArm' as const, params };
      return {
        target: arm.to,
        guard: { type: guardNameOf(arm), params },
        ...(isImplied(arm) ? implied : {}),
        actions: arm.cause === 'refused' ? [follow, { type: 'keepRefusal' as const, params }] : [follow],
      };
    });

  const invoke = (step: GraphStep, src: (typeof workOf)[keyof typeof workOf]) => ({
    id: step.name,
    src,
    input: ({ context }: { context: RecipeMachineContext }): StepCall => ({
      decisions: context.decisions,
      ...renderStep(step, context),
      ...attemptOf(context),
    }),
    onDone: [
      {
        ...implied,
        target: '$cancelled',
        guard: { type: 'wasCancelled' as const, params: outcomeOf },
        actions: { type: 'keepOutcome' as const, params: outcomeOf },
      },
      ...armsOf(step, (arm) => !isBeforeWork(step, arm)).map(({ arm, index }) => {
        const params = ({ event }: Settled): ArmParams => ({ step: step.name, arm: index, outcome: event.output });
        return {
          target: arm.to,
          reenter: true,
          guard: { type: guardNameOf(arm), params },
          ...(isImplied(arm) ? implied : {}),
          actions: { type: 'followArm' as const, params },
        };
      }),
    ],
    onError: {
      ...implied,
      target: '$faulted',
      actions: { type: 'keepFault' as const, params: ({ event }: { event: { error: unknown } }) => event },
    },
  });

  const stateOf = (step: GraphStep) => {
    const { name, kind, description } = step;
    if (kind === 'stop') return base.createStateConfig({ description, type: 'final' });
    if (kind === 'route') return base.createStateConfig({ description, always: always(step) });
    return base.createStateConfig({
      description,
      meta: { lifelong: { [name]: 'Tools and sessions have limits of their own. A person may take days.' } },
      always: always(step),
      invoke: invoke(step, workOf[kind]),
    });
  };

  const endOf = (end: EndName, description: string) =>
    base.createStateConfig({ description, type: 'final', entry: { type: 'keepEnd', params: { end } } });

  const ends = [
    { target: '$cancelled', guard: 'isCancelled' as const },
    { target: '$interrupted', guard: 'isInterrupted' as const },
    { target: '$budget_exhausted' },
  ];

  return base.createMachine({
    id: 'recipe',
    description: graph.description ?? `The recipe ${graph.name}.`,
    options: { maxIterations: 100_000 },
    context: ({ input }) => ({
      ...beginRun(graph, input),
      run: input.run,
      stop: null,
      exhausted: null,
      end: null,
      fault: null,
    }),
    output: ({ context }) => outputOf(stepOf(context.at), context),
    initial: '$enter',
    always: [
      { guard: 'isBudgetExhausted', target: '.$budget_exhausted' },
      { guard: 'isSpinning', target: '.$faulted', actions: 'keepSpin' },
    ],
    on: {
      CANCEL: { target: '.$stopping', actions: { type: 'stopFor', params: { stop: 'cancelled', exhausted: null } } },
      INTERRUPT: {
        target: '.$stopping',
        actions: { type: 'stopFor', params: { stop: 'interrupted', exhausted: null } },
      },
      EXHAUST_BUDGET: {
        target: '.$stopping',
        actions: {
          type: 'stopFor',
          params: ({ event }) => ({ stop: 'budget', exhausted: event.budget }),
        },
      },
    },
    states: {
      $enter: {
        description: 'Goes to the step where the run begins, or where it was interrupted.',
        always: graph.steps.map(({ name }) => ({
          ...(name === graph.initial ? {} : implied),
          target: name,
          guard: { type: 'isAt', params: { step: name } },
        })),
      },
      ...Object.fromEntries(graph.steps.map((step) => [step.name, stateOf(step)])),
      $stopping: {
        description: 'The run is ended from outside. Waits until the work of the step has ended.',
        invoke: {
          id: '$stopping',
          src: 'endStep',
          input: ({ context }) => attemptOf(context),
          onDone: ends.map((end) => ({
            ...end,
            actions: { type: 'keepOutcome', params: ({ event }) => ({ outcome: event.output }) },
          })),
          onError: {
            target: '$faulted',
            actions: { type: 'keepFault', params: ({ event }) => event },
          },
        },
        after: { endLimit: ends },
        on: { CANCEL: {}, INTERRUPT: {}, EXHAUST_BUDGET: {} },
      },
      $done: endOf('$done', 'The run succeeded.'),
      $escalate: endOf('$escalate', 'The run failed, and a person has to look.'),
      $cancelled: endOf('$cancelled', 'The run was cancelled.'),
      $interrupted: endOf('$interrupted', 'The host shut down. The run can be resumed.'),
      $budget_exhausted: base.createStateConfig({
        description: 'A budget of the run is used up.',
        type: 'final',
        entry: ['keepExhausted', { type: 'keepEnd', params: { end: '$budget_exhausted' } }],
      }),
      $faulted: endOf('$faulted', 'The run cannot go on: a defect, or a step that this version does not execute.'),
    },
  });
}

/** Of a transition that follows from the language, and from nothing that the recipe says: pictures leave it out. */
const implied = { meta: { isImplied: true } } as const;

interface Settled {
  readonly event: { readonly output: StepOutcome };
}

const outcomeOf = ({ event }: Settled) => ({ outcome: event.output });

const attemptOf = (run: RecipeMachineContext): StepOfRun => ({
  run: run.run,
  step: run.at,
  visit: visitsOf(run, run.at),
  attempt: run.attempt,
});

const states: Readonly<Record<EndName, RunEnd['state']>> = {
  $done: 'succeeded',
  $escalate: 'failed',
  $cancelled: 'cancelled',
  $interrupted: 'interrupted',
  $budget_exhausted: 'budget_exhausted',
  $faulted: 'failed',
};

function outputOf(step: GraphStep, context: RecipeMachineContext): RecipeMachineOutput {
  const { end, at, fault, exhausted, decisions } = context;
  const { message = null, output = null } = end === null ? renderStep(step, context).values : {};
  return {
    state: end === null ? 'stopped' : states[end],
    at,
    message: message === null ? null : String(message),
    output,
    fault,
    exhausted,
    decisions,
  };
}

/** An example, to be drawn and explored, not run. */
export const recipeMachine = /* @__PURE__ */ createRecipeMachine(
  /* @__PURE__ */ exampleGraph(),
  /* @__PURE__ */ notProvided(recipeWork),
);

function exampleGraph(): RecipeGraph {
  const steps = {
    test: { tool: 'test_check', on_success: 'approve', on_failure: 'fix' },
    fix: { tool: 'run_skill', max_visits: 3, on_success: 'test', description: 'An agent makes the tests pass.' },
    approve: { action: 'confirm' as const, message: 'Keep it?', on_success: 'done', on_failure: 'fix' },
  };
  const file = { name: 'example', description: 'A recipe: each step is a state. This one is an example.', steps };
  return compileRecipe(recipeOf(file, file));
}
