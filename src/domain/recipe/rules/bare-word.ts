import { referencesOf } from '../../expression/references-of.ts';
import { quoted } from '../finding.ts';
import type { RecipeRule } from '../recipe-rule.ts';

export const bareWord: RecipeRule = {
  id: 'bare-word',
  severity: 'error',
  *check({ texts }) {
    for (const { path, parsed } of texts) {
      if ('fault' in parsed) continue;
      for (const { name, isComparedWith, offset } of referencesOf(parsed).words)
        if (!isComparedWith) {
          const fix = `write result.${name} for a value, or '${name}' for the text`;
          yield { message: `${quoted(name)} is a text, and the same in every run`, fix, at: { path, offset } };
        }
    }
  },
};
