import type { RecipeRule } from '../recipe-rule.ts';

export const unreadableTemplate: RecipeRule = {
  id: 'unreadable-template',
  severity: 'error',
  *check({ texts }) {
    for (const { use, path, parsed } of texts) {
      if (use === 'condition' || !('fault' in parsed)) continue;
      const { message, offset } = parsed.fault;
      // The message of a fault ends with what to do.
      const [what = '', ...rest] = message.split(': ');
      yield { message: what, fix: rest.join(': '), at: { path, offset } };
    }
  },
};
