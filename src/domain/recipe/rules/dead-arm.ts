import { isAlwaysTrue } from '../../expression/is-always-true.ts';
import { parseExpression } from '../../expression/parse-expression.ts';
import type { RecipeRule } from '../recipe-rule.ts';

export const deadArm: RecipeRule = {
  id: 'dead-arm',
  severity: 'warning',
  *check({ steps }) {
    for (const [name, { on_result: onResult }] of steps) {
      if (!Array.isArray(onResult)) continue;
      const last = onResult.findIndex(({ when = true }) => isTrue(when));
      if (last < 0 || last === onResult.length - 1) continue;
      const message = `the routes behind number ${last + 1} are never taken: its condition is always true`;
      const fix = 'move that one to the end, or remove what is behind it';
      yield { message, fix, at: { path: ['steps', name, 'on_result', last + 1] } };
    }
  },
};

function isTrue(when: string | boolean): boolean {
  const parsed = parseExpression(String(when));
  return !('fault' in parsed) && isAlwaysTrue(parsed);
}
