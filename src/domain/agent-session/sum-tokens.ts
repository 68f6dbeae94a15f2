import { noTokens, type TokenUsage } from './agent-event.ts';

export const sumTokens = (usages: readonly TokenUsage[]): TokenUsage =>
  usages.reduce(
    (sum, usage) => ({
      input_tokens: sum.input_tokens + usage.input_tokens,
      output_tokens: sum.output_tokens + usage.output_tokens,
      cache_creation_input_tokens: sum.cache_creation_input_tokens + usage.cache_creation_input_tokens,
      cache_read_input_tokens: sum.cache_read_input_tokens + usage.cache_read_input_tokens,
    }),
    noTokens,
  );
