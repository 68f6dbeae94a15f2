import { describe, expect, it } from 'vitest';
import { spentBudget } from '../../../src/domain/agent-session/session-budget.ts';
import type { SessionBudget } from '../../../src/domain/agent-session/session-spec.ts';
import { emptyDigest } from '../../../src/domain/agent-session/stream-digest.ts';

const digest = {
  ...emptyDigest,
  turns: 4,
  usage: { input_tokens: 1, output_tokens: 2, cache_creation_input_tokens: 4, cache_read_input_tokens: 1_000 },
};
const unlimited: SessionBudget = { turns: null, tokens: null, usd: null };

describe('The budget of a session', () => {
  it.each<[string, Partial<SessionBudget>, number | null, string | null]>([
    ['is not spent without a limit', {}, 9, null],
    ['is not spent at its limit', { turns: 4, tokens: 7, usd: 0.5 }, 0.5, null],
    ['is spent with a turn too many', { turns: 3 }, null, 'turns'],
    ['is spent with a token too many, without read cache', { tokens: 6 }, null, 'tokens'],
    ['is spent with a cent too many', { usd: 0.49 }, 0.5, 'usd'],
    ['counts as spent at an unknown cost', { usd: 1 }, null, 'usd'],
    ['is not spent at an unknown cost if none is in USD', { tokens: 1_000_000 }, null, null],
    ['names the first limit that is exceeded', { turns: 1, tokens: 1, usd: 0 }, 1, 'turns'],
  ])('%s', (_, limits, costUsd, spent) => {
    expect(spentBudget(digest, costUsd, { ...unlimited, ...limits })).toBe(spent);
  });
});
