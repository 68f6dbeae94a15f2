import { meantOr, quoted } from '../finding.ts';
import type { RecipeRule } from '../recipe-rule.ts';

export const skipWhenFalseUndeclared: RecipeRule = {
  id: 'skip-when-false-undeclared',
  severity: 'error',
  *check({ steps, inputs, inputsKey }) {
    for (const [step, { skip_when_false: written }] of steps) {
      if (written === undefined) continue;
      const at = { path: ['steps', step, 'skip_when_false'] };
      const name = /^\s*(?:\$\{\{\s*)?inputs\.([\w-]+)\s*(?:\}\}\s*)?$/.exec(written)?.[1];
      if (name === undefined)
        yield { message: `${quoted(written)} does not name an input`, fix: 'write inputs.NAME', at };
      else if (!inputs.has(name)) {
        const message = `${quoted(name)} is not an input of the recipe`;
        yield { message, fix: meantOr(name, inputs.keys(), `declare it in ${inputsKey}`), at };
      }
    }
  },
};
