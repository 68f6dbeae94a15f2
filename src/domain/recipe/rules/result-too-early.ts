import { referencesOf } from '../../expression/references-of.ts';
import type { RecipeRule } from '../recipe-rule.ts';

export const resultTooEarly: RecipeRule = {
  id: 'result-too-early',
  severity: 'warning',
  *check({ texts }) {
    for (const { use, path, parsed } of texts) {
      if ((use !== 'argument' && use !== 'message') || 'fault' in parsed) continue;
      const early = referencesOf(parsed).references.find(({ namespace }) => namespace === 'result');
      if (early === undefined) continue;
      const message = 'the step has no result yet when it reads this';
      yield {
        message,
        fix: 'capture the value in an earlier step, and write context.NAME',
        at: { path, offset: early.offset },
      };
    }
  },
};
