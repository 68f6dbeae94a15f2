import { quoted } from '../finding.ts';
import type { RecipeRule } from '../recipe-rule.ts';

export const optionalWithoutSkipWhen: RecipeRule = {
  id: 'optional-without-skip-when',
  severity: 'error',
  *check({ steps }) {
    for (const [name, { optional, skip_when_false: skipWhenFalse }] of steps) {
      if (optional !== true || skipWhenFalse !== undefined) continue;
      const message = `the step ${quoted(name)} is optional, and nothing says when it is skipped`;
      const fix = 'add skip_when_false: inputs.NAME, or remove optional';
      yield { message, fix, at: { path: ['steps', name, 'optional'], isKey: true } };
    }
  },
};
