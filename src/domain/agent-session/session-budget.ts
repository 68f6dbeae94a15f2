import type { TokenUsage } from './agent-event.ts';
import type { BudgetKind } from './session-outcome.ts';
import type { SessionBudget } from './session-spec.ts';
import type { StreamDigest } from './stream-digest.ts';

/** The tokens that count towards a budget: read and written, without those read from the cache. */
export const budgetTokensOf = (usage: TokenUsage): number =>
  usage.input_tokens + usage.output_tokens + usage.cache_creation_input_tokens;

/**
 * Which limit a session has exceeded; null: none. A session at exactly its limit is within it, so that the last turn can end.
 * @param costUsd null: unknown; then a limit in USD cannot be enforced any more, and counts as exceeded
 */
export function spentBudget(
  { turns, usage }: StreamDigest,
  costUsd: number | null,
  budget: SessionBudget,
): BudgetKind | null {
  const tokens = budgetTokensOf(usage);
  if (budget.turns !== null && turns > budget.turns) return 'turns';
  if (budget.tokens !== null && tokens > budget.tokens) return 'tokens';
  if (budget.usd !== null && (costUsd === null || costUsd > budget.usd)) return 'usd';
  return null;
}
