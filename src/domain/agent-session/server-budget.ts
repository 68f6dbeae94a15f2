import { budgetTokensOf } from './session-budget.ts';
import type { BudgetKind } from './session-outcome.ts';
import type { StreamDigest } from './stream-digest.ts';

/** What a session has spent so far. */
export interface Spending {
  readonly digest: Pick<StreamDigest, 'usage'>;
  /** null: unknown; it does not count then. */
  readonly costUsd: number | null;
}

/** What all sessions of one server may spend together. */
export interface ServerBudget {
  /** Counts a session that has settled. */
  add(session: Spending): void;
  /** Which limit these sessions and the settled ones have reached; null: none. */
  spentWith(running: readonly Spending[]): BudgetKind | null;
}

/** @param limits null: none */
export function createServerBudget(limits: {
  readonly tokens: number | null;
  readonly usd: number | null;
}): ServerBudget {
  const settled = { tokens: 0, usd: 0 };
  return {
    add({ digest, costUsd }) {
      settled.tokens += budgetTokensOf(digest.usage);
      settled.usd += costUsd ?? 0;
    },
    spentWith(running) {
      const tokens = running.reduce((sum, { digest }) => sum + budgetTokensOf(digest.usage), settled.tokens);
      const usd = running.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), settled.usd);
      if (limits.tokens !== null && tokens >= limits.tokens) return 'server_tokens';
      return limits.usd !== null && usd >= limits.usd ? 'server_usd' : null;
    },
  };
}
