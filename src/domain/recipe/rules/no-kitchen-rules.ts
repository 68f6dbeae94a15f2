import type { RecipeRule } from '../recipe-rule.ts';

export const noKitchenRules: RecipeRule = {
  id: 'no-kitchen-rules',
  severity: 'warning',
  *check({ file }) {
    const isCampaign = file.dispatches !== undefined;
    if (isCampaign || (file.kitchen_rules !== undefined && file.kitchen_rules.length > 0)) return;
    const message = 'the recipe has no kitchen_rules, which a model follows that drives it';
    yield { message, fix: 'add kitchen_rules: with a list of texts', at: { path: ['kitchen_rules'] } };
  },
};
