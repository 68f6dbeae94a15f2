import * as priceList from '@pydantic/genai-prices';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noTokens, type TokenUsage } from '../../../src/domain/agent-session/agent-event.ts';
import { createPrices, requireHeldBudget } from '../../../src/services/agents/prices.ts';

const prices = createPrices(() => priceList);

const aMillionOf = (...keys: (keyof TokenUsage)[]): TokenUsage => ({
  ...noTokens,
  ...Object.fromEntries(keys.map((key) => [key, 1_000_000])),
});

/** US dollars for a million tokens: plain input, output, written and read cache. As its maker publishes them. */
const published = {
  'claude-sonnet-4-5-20250929': [3, 15, 3.75, 0.3],
  'claude-opus-4-1-20250805': [15, 75, 18.75, 1.5],
  'claude-haiku-4-5-20251001': [1, 5, 1.25, 0.1],
} as const;

describe('The cost of a session', () => {
  it.each(Object.entries(published))(
    'of %s counts each kind of token at its own price',
    async (model, [input, output, written, read]) => {
      const costOf = (usage: TokenUsage) => prices.costUsd({ [model]: usage });
      expect(await costOf(aMillionOf('input_tokens'))).toBeCloseTo(input, 9);
      expect(await costOf(aMillionOf('output_tokens'))).toBeCloseTo(output, 9);
      expect(await costOf(aMillionOf('cache_creation_input_tokens'))).toBeCloseTo(written, 9);
      expect(await costOf(aMillionOf('cache_read_input_tokens'))).toBeCloseTo(read, 9);
    },
  );

  it('has no digits that only floating point adds', async () => {
    const usage = { ...noTokens, input_tokens: 4 };
    expect(await prices.costUsd({ 'claude-sonnet-4-5-20250929': usage })).toBe(0.000012);
  });

  it('of a typical session is what the prices add up to', async () => {
    const usage = {
      input_tokens: 1_250,
      output_tokens: 8_400,
      cache_creation_input_tokens: 62_000,
      cache_read_input_tokens: 1_900_000,
    };
    const byHand = (1_250 * 3 + 8_400 * 15 + 62_000 * 3.75 + 1_900_000 * 0.3) / 1_000_000;
    expect(await prices.costUsd({ 'claude-sonnet-4-5-20250929': usage })).toBeCloseTo(byHand, 9);
  });

  it('is the sum over its models', async () => {
    const usage = aMillionOf('input_tokens');
    expect(await prices.costUsd({ 'claude-sonnet-4-5': usage, 'claude-haiku-4-5': usage })).toBeCloseTo(4, 9);
  });

  it('is unknown, not 0, where one of its models has no price', async () => {
    const usage = aMillionOf('output_tokens');
    expect(await prices.costUsd({ 'claude-haiku-4-5': usage, 'a-model-of-tomorrow': usage })).toBeNull();
    expect(await prices.costUsd({ sonnet: usage })).toBeNull();
  });

  it('does not depend on models without tokens, and is 0 where nothing was used', async () => {
    expect(await prices.costUsd({ '<synthetic>': noTokens })).toBe(0);
    expect(await prices.costUsd({})).toBe(0);
  });

  it('is the same for the parts of a session as for the whole', async () => {
    const aCount = fc.integer({ min: 0, max: 5_000_000 });
    const aUsage = fc.record({
      input_tokens: aCount,
      output_tokens: aCount,
      cache_creation_input_tokens: aCount,
      cache_read_input_tokens: aCount,
    });
    await fc.assert(
      fc.asyncProperty(aUsage, aUsage, fc.constantFrom(...Object.keys(published)), async (one, other, model) => {
        const whole = Object.fromEntries(
          Object.entries(one).map(([key, tokens]) => [key, tokens + other[key as keyof TokenUsage]]),
        ) as unknown as TokenUsage;
        const costs = await Promise.all([one, other, whole].map((usage) => prices.costUsd({ [model]: usage })));
        expect((costs[0] ?? Number.NaN) + (costs[1] ?? Number.NaN)).toBeCloseTo(costs[2] ?? Number.NaN, 6);
      }),
    );
  });
});

describe('A budget in USD', () => {
  it.each([
    'claude-sonnet-4-5-20250929',
    'claude-opus-5',
    'claude-opus-5[1m]',
    'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'sonnet',
    'opus',
    'haiku',
    'opusplan',
    'Sonnet[1m]',
  ])('is possible with %s', async (model) => {
    expect(await prices.knows(model)).toBe(true);
  });

  it.each(['', 'default', 'a-model-of-tomorrow', 'claude-unheard-of-9', 'constructor', '<synthetic>'])(
    'is not possible with "%s"',
    async (model) => {
      expect(await prices.knows(model)).toBe(false);
    },
  );
});

describe('A budget', () => {
  const unlimited = { turns: null, tokens: null, usd: null };
  const none = { tokens: null, usd: null };
  const model = 'claude-sonnet-4-5-20250929';

  it.each([
    ['turns', { ...unlimited, turns: 5 }, none],
    ['tokens', { ...unlimited, tokens: 5 }, none],
    ['USD', { ...unlimited, usd: 5 }, none],
    ['tokens of the server', unlimited, { ...none, tokens: 5 }],
    ['USD of the server', unlimited, { ...none, usd: 5 }],
  ])(
    'in %s is refused for a program that does not say what it uses, and held for others',
    async (_, budget, server) => {
      const held = (agent: 'command' | 'claude') => requireHeldBudget({ agent, budget, model }, server, prices);
      await expect(held('command')).rejects.toThrow('The agent `command` does not report what it uses');
      await held('claude');
    },
  );

  it.each([
    ['of the session', { ...unlimited, usd: 5 }, none],
    ['of the server', unlimited, { ...none, usd: 5 }],
  ])('in USD %s is refused where no price is known, and one in tokens is not', async (_, budget, server) => {
    const held = (named: string | null) => requireHeldBudget({ agent: 'claude', budget, model: named }, server, prices);
    await expect(held('no-such-model')).rejects.toThrow('The price of the model no-such-model is unknown');
    await expect(held(null)).rejects.toThrow('No model is named');
    await requireHeldBudget({ agent: 'claude', budget: { ...unlimited, tokens: 5 }, model: null }, none, prices);
  });

  it('is not needed for any agent', () =>
    requireHeldBudget({ agent: 'command', budget: unlimited, model }, none, prices));
});
