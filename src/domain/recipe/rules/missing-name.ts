import type { RecipeRule } from '../recipe-rule.ts';

export const missingName: RecipeRule = {
  id: 'missing-name',
  severity: 'error',
  *check({ file }) {
    if (file.name === undefined)
      yield { message: 'the recipe has no name', fix: 'add name: at the top', at: { path: ['name'] } };
  },
};
