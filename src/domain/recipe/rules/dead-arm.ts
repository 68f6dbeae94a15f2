import { evaluate } from '../../expression/evaluate.ts';
import { referencesOf } from '../../expression/references-of.ts';
import { isTruthy } from '../../expression/value-text.ts';
import type { RecipeText } from '../recipe.ts';
import type { RecipeRule } from '../recipe-rule.ts';

export const deadArm: RecipeRule = {
  id: 'dead-arm',
  severity: 'warning',
  *check({ steps, texts }) {
    for (const [name, { on_result: onResult }] of steps) {
      if (!Array.isArray(onResult)) continue;
      const isAlwaysTrue = ({ when }: { readonly when?: unknown }, index: number) =>
        when === undefined ||
        texts.some(
          ({ step, use, path, parsed }) =>
            step === name && use === 'condition' && path.at(-2) === index && isTrue(parsed),
        );
      const last = onResult.findIndex(isAlwaysTrue);
      if (last < 0 || last === onResult.length - 1) continue;
      const message = `the routes behind number ${last + 1} are never taken: its condition is always true`;
      const fix = 'move that one to the end, or remove what is behind it';
      yield { message, fix, at: { path: ['steps', name, 'on_result', last + 1] } };
    }
  },
};

/** Whether it is true whatever happens in a run. */
const isTrue = (parsed: RecipeText['parsed']): boolean =>
  !('fault' in parsed) && referencesOf(parsed).references.length === 0 && isTruthy(evaluate(parsed, {}).value);
