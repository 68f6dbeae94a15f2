import { describe, expect, it } from 'vitest';
import { noTokens } from '../../../src/domain/agent-session/agent-event.ts';
import { createServerBudget, type Spending } from '../../../src/domain/agent-session/server-budget.ts';

const spending = (tokens: number, costUsd: number | null): Spending => ({
  digest: { usage: { ...noTokens, input_tokens: tokens, cache_read_input_tokens: 1_000_000 } },
  costUsd,
});

describe('The budget of a server', () => {
  it('is spent by its running and its settled sessions together', () => {
    const budget = createServerBudget({ tokens: 100, usd: 1 });
    expect(budget.spentWith([spending(99, 0.9)])).toBeNull();
    budget.add(spending(50, 0.6));
    expect(budget.spentWith([spending(49, 0.3)])).toBeNull();
    expect(budget.spentWith([spending(25, 0), spending(25, 0)])).toBe('server_tokens');
    expect(budget.spentWith([spending(0, 0.4)])).toBe('server_usd');
    budget.add(spending(0, 0.5));
    expect(budget.spentWith([])).toBe('server_usd');
  });

  it('in USD does not count what has an unknown cost', () => {
    const budget = createServerBudget({ tokens: null, usd: 1 });
    budget.add(spending(1_000, null));
    expect(budget.spentWith([spending(1_000, null), spending(0, 0.9)])).toBeNull();
  });

  it('has no limit where none is set', () => {
    const budget = createServerBudget({ tokens: null, usd: null });
    expect(budget.spentWith([spending(1e12, 1e12)])).toBeNull();
  });
});
