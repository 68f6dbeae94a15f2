import { meantOr, quoted } from '../finding.ts';
import type { RecipeRule } from '../recipe-rule.ts';

export const incompleteSubRecipe: RecipeRule = {
  id: 'incomplete-sub-recipe',
  severity: 'error',
  *check({ steps, inputs }) {
    for (const [name, { sub_recipe: subRecipe, gate, on_success: onSuccess }] of steps) {
      if (subRecipe === undefined) continue;
      const at = { path: ['steps', name], isKey: true };
      if (gate === undefined)
        yield { message: 'the sub_recipe has no gate', fix: 'add gate: with the name of an input', at };
      else if (!inputs.has(gate)) {
        const message = `the gate ${quoted(gate)} is not an input of the recipe`;
        yield { message, fix: meantOr(gate, inputs.keys(), 'declare it'), at: { path: [...at.path, 'gate'] } };
      }
      if (onSuccess === undefined)
        yield { message: 'the sub_recipe has no on_success', fix: 'add on_success: with the next step', at };
    }
  },
};
