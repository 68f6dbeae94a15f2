import { quoted } from '../finding.ts';
import type { RecipeRule } from '../recipe-rule.ts';

export const constantStepWithArgs: RecipeRule = {
  id: 'constant-step-with-args',
  severity: 'error',
  *check({ steps }) {
    for (const [name, { constant, with: args }] of steps)
      if (constant !== undefined && args !== undefined) {
        const message = `the step ${quoted(name)} calls nothing, so nothing gets its arguments`;
        yield { message, fix: 'remove with', at: { path: ['steps', name, 'with'], isKey: true } };
      }
  },
};
