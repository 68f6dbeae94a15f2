import { durationText } from '../duration-text.ts';

export const budgetKinds = ['usd', 'tokens', 'turns', 'ms', 'visits'] as const;
export type BudgetKind = (typeof budgetKinds)[number];

/** What people call them: a time is given as `30m`, not in milliseconds. */
export const budgetNames: Readonly<Record<BudgetKind, string>> = {
  usd: 'usd',
  tokens: 'tokens',
  turns: 'turns',
  ms: 'time',
  visits: 'visits',
};

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

/** What one call of a step used; its time is measured by the run. */
export type CallSpending = Omit<StepSpending, 'ms'>;

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

/** `usd=5, time=30 min 0 s`; `none` where there is no limit. */
export function budgetsText(budgets: RunBudgets): string {
  const texts = budgetKinds.flatMap((kind) => {
    const limit = budgets[kind];
    return limit === undefined ? [] : [`${budgetNames[kind]}=${kind === 'ms' ? durationText(limit) : limit}`];
  });
  return texts.join(', ') || 'none';
}

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
