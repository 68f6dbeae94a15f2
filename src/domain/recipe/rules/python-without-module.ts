import { quoted } from '../finding.ts';
import type { RecipeRule } from '../recipe-rule.ts';

export const pythonWithoutModule: RecipeRule = {
  id: 'python-without-module',
  severity: 'error',
  *check({ steps }) {
    for (const [name, { python }] of steps) {
      if (python === undefined || /^[^.\s]+(\.[^.\s]+)+$/.test(python)) continue;
      const message = `${quoted(python)} does not say in which module the function is`;
      yield { message, fix: 'write package.module.function', at: { path: ['steps', name, 'python'] } };
    }
  },
};
