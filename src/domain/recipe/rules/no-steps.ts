import type { RecipeRule } from '../recipe-rule.ts';

export const noSteps: RecipeRule = {
  id: 'no-steps',
  severity: 'error',
  *check({ file, stepNames }) {
    if (stepNames.size === 0 && file.dispatches === undefined)
      yield { message: 'the recipe has no steps', fix: 'add steps: with at least one step', at: { path: ['steps'] } };
  },
};
