import { quoted } from '../finding.ts';
import type { RecipeRule } from '../recipe-rule.ts';

export const resultAndSuccess: RecipeRule = {
  id: 'result-and-success',
  severity: 'error',
  *check({ steps }) {
    for (const [name, { on_result: onResult, on_success: onSuccess }] of steps) {
      if (onResult === undefined || onSuccess === undefined) continue;
      const message = `the step ${quoted(name)} has on_result and on_success`;
      const fix = 'remove on_success, and add its step to on_result as the last route, without when';
      yield { message, fix, at: { path: ['steps', name, 'on_success'], isKey: true } };
    }
  },
};
