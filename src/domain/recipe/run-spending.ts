const budgetKinds = ['usd', 'tokens', 'turns', 'ms', 'visits'] as const;
export type BudgetKind = (typeof budgetKinds)[number];

/** Limits of a run. What is absent has no limit of its own. */
export type RunBudgets = Readonly<Partial<Record<BudgetKind, number>>>;

/** What one attempt of a step used. */
export interface StepSpending {
  /** null: the price is not known. */
  readonly usd: number | null;
  readonly tokens: number;
  readonly turns: number;
  readonly ms: number;
}

/** What a run has used in all. */
export interface RunSpending extends Omit<StepSpending, 'usd'> {
  /** What is known of it. */
  readonly usd: number;
  /** Whether a price was not known, so that `usd` is too low. */
  readonly hasUnknownUsd: boolean;
}

export const nothingSpent: RunSpending = { usd: 0, hasUnknownUsd: false, tokens: 0, turns: 0, ms: 0 };

export const addSpending = (spent: RunSpending, { usd, tokens, turns, ms }: StepSpending): RunSpending => ({
  usd: spent.usd + (usd ?? 0),
  hasUnknownUsd: spent.hasUnknownUsd || usd === null,
  tokens: spent.tokens + tokens,
  turns: spent.turns + turns,
  ms: spent.ms + ms,
});

/**
 * The budget that does not allow a step to be entered; null: all allow it. What an unknown price has left is not known, so it exhausts a budget
 * of USD.
 * @param visits with that of the step
 */
export function exhaustedBudget(budgets: RunBudgets, spent: RunSpending, visits: number): BudgetKind | null {
  const isExhausted = (kind: BudgetKind) => {
    const limit = budgets[kind];
    if (limit === undefined) return false;
    if (kind === 'visits') return visits > limit;
    return spent[kind] >= limit || (kind === 'usd' && spent.hasUnknownUsd);
  };
  return budgetKinds.find(isExhausted) ?? null;
}
