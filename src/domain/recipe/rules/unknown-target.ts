import { meantOr, quoted } from '../finding.ts';
import { targetsOf } from '../recipe.ts';
import type { RecipeRule } from '../recipe-rule.ts';

export const unknownTarget: RecipeRule = {
  id: 'unknown-target',
  severity: 'error',
  *check({ steps, stepNames }) {
    for (const [step, definition] of steps)
      for (const { path, name } of targetsOf(step, definition)) {
        if (stepNames.has(name) || name === 'done' || name === 'escalate') continue;
        const message = `there is no step ${quoted(name)}`;
        const fix = meantOr(name, [...stepNames, 'done', 'escalate'], 'name a step, done or escalate');
        yield { message, fix, at: { path } };
      }
  },
};
