import { quoted } from '../finding.ts';
import { stepKinds } from '../recipe.ts';
import type { RecipeRule } from '../recipe-rule.ts';

export const stepKind: RecipeRule = {
  id: 'step-kind',
  severity: 'error',
  *check({ steps }) {
    for (const [name, step] of steps) {
      const path = ['steps', name];
      const [first, second] = stepKinds.filter((kind) => step[kind] !== undefined);
      if (first === undefined) {
        const fix = `add one of ${stepKinds.join(', ')}`;
        yield { message: `the step ${quoted(name)} does nothing`, fix, at: { path, isKey: true } };
      } else if (second !== undefined) {
        const message = `the step ${quoted(name)} has ${first} and ${second}`;
        yield { message, fix: 'keep one of them', at: { path: [...path, second], isKey: true } };
      }
    }
  },
};
