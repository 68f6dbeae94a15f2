import { referencesOf } from '../../expression/references-of.ts';
import { meantOr, quoted } from '../finding.ts';
import type { RecipeRule } from '../recipe-rule.ts';

export const undeclaredInput: RecipeRule = {
  id: 'undeclared-input',
  severity: 'error',
  *check({ texts, inputs, inputsKey }) {
    for (const { path, parsed } of texts) {
      if ('fault' in parsed) continue;
      for (const { namespace, path: names, offset } of referencesOf(parsed).references) {
        const [name = ''] = names;
        if (namespace !== 'inputs' || inputs.has(name)) continue;
        const message = `${quoted(name)} is not an input of the recipe`;
        yield { message, fix: meantOr(name, inputs.keys(), `declare it in ${inputsKey}`), at: { path, offset } };
      }
    }
  },
};
