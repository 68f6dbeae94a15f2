import type { AnyMachineSnapshot } from 'xstate';
import type { StepOutcome } from '../../src/domain/recipe/recipe-run.ts';
import type { RecipeMachineContext } from '../../src/machines/recipe.machine.ts';
import type { TourEvent } from './tour.ts';

export interface RecipeModelEvent extends TourEvent {
  readonly output?: StepOutcome | null;
  readonly error?: unknown;
}

const spent = { usd: 0, tokens: 1, turns: 0, ms: 0 };
const outcomes: readonly StepOutcome[] = [
  ...['GO', 'NO', 'MAYBE'].map((verdict) => ({ kind: 'success' as const, result: { verdict }, spent })),
  ...(['failure', 'needs_retry', 'context_limit', 'cancelled'] as const).map((kind) => ({ kind, result: {}, spent })),
];
const broken = new Error('broken');

/** What can happen in a state of a recipe's chart. */
export function recipeSteps({ status, value, _nodes: nodes }: AnyMachineSnapshot): RecipeModelEvent[] {
  if (status !== 'active') return [];
  const invoked = nodes.flatMap(({ invoke }) => invoke.map(({ id }) => id));
  const stops: readonly RecipeModelEvent[] = [
    { type: 'CANCEL' },
    { type: 'INTERRUPT' },
    { type: 'EXHAUST_BUDGET', budget: 'usd' } as RecipeModelEvent,
  ];
  const settled = invoked.flatMap((id): readonly RecipeModelEvent[] => [
    ...(value === '$stopping' ? [null, ...outcomes.slice(-1)] : outcomes).map((output) => ({
      type: `xstate.done.actor.${id}`,
      output,
    })),
    { type: `xstate.error.actor.${id}`, error: broken },
  ]);
  const late = value === '$stopping' ? [{ type: 'xstate.after.endLimit.recipe.$stopping' }] : [];
  return [...stops, ...settled, ...late];
}

/** The step, its attempt, the visits of the step that counts them, and what conditions read. */
export function serializeRecipe({ value, status, context }: AnyMachineSnapshot): string {
  const { visits, attempt, captured, stop, result } = context as RecipeMachineContext;
  const verdict = (result as { verdict?: string } | null)?.verdict;
  return JSON.stringify([value, status, visits.fix, attempt, captured, stop, verdict]);
}

/** The same without counts: of a recipe with loops there would be too many. */
export function serializeRecipeStep({ value, status, context }: AnyMachineSnapshot): string {
  const { attempt, stop } = context as RecipeMachineContext;
  return JSON.stringify([value, status, attempt, stop]);
}
