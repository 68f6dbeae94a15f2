import { meantOr, quoted } from '../finding.ts';
import { knownTools } from '../known-tools.ts';
import type { RecipeRule } from '../recipe-rule.ts';

export const deadWithParam: RecipeRule = {
  id: 'dead-with-param',
  severity: 'warning',
  *check({ steps }) {
    for (const [step, { tool = '', with: args = {} }] of steps) {
      const known = knownTools.get(tool);
      if (known === undefined || known === null) continue;
      for (const name of Object.keys(args)) {
        if (known.includes(name) || name === 'step_name') continue;
        const message = `${quoted(name)} is not an argument of ${tool}, and is not passed on`;
        const fix = meantOr(name, known, known.length === 0 ? 'remove it' : `expected one of ${known.join(', ')}`);
        yield { message, fix, at: { path: ['steps', step, 'with', name], isKey: true } };
      }
    }
  },
};
