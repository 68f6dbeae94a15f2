import type { TokenUsage } from '../../domain/agent-session/agent-event.ts';
import type { AgentSessionSpec } from '../../domain/agent-session/session-spec.ts';
import { AppError } from '../../domain/app-error.ts';

/** What tokens cost. The price list is part of the program: nothing is fetched. */
export interface Prices {
  /**
   * The cost in US dollars of what each model has used; models without tokens do not count. null: the price of one of them is unknown.
   * Tokens are counted at the price of short requests, and written cache at that of 5 minutes: a model that asks more for long requests or
   * long caches costs more.
   * @throws what loading the list throws
   */
  costUsd(usageByModel: Readonly<Record<string, TokenUsage>>): Promise<number | null>;
  /**
   * Whether a session with this model can have a budget in USD: its price is known. An alias (`sonnet`) stands for a model that only the
   * session names, so it is known if models of its family are.
   * @throws what loading the list throws
   */
  knows(model: string): Promise<boolean>;
}

/**
 * Rejects budgets that cannot be enforced.
 * @param server the budget of all sessions of the server together
 * @throws AppError `invalid_input`
 */
export async function requireHeldBudget(
  { agent, budget, model }: Pick<AgentSessionSpec, 'agent' | 'budget' | 'model'>,
  server: { readonly tokens: number | null; readonly usd: number | null },
  prices: Pick<Prices, 'knows'>,
): Promise<void> {
  const limits = [budget.turns, budget.tokens, budget.usd, server.tokens, server.usd];
  if (agent === 'command' && limits.some((limit) => limit !== null))
    throw new AppError(
      'invalid_input',
      'The agent `command` does not report what it uses, so no budget can be enforced: unset run_skill.budget_* and run_skill.server_budget_*, or choose another run_skill.agent.',
    );
  if ((budget.usd === null && server.usd === null) || (model !== null && (await prices.knows(model)))) return;
  const what = model === null ? 'No model is named' : `The price of the model ${model} is unknown`;
  throw new AppError(
    'invalid_input',
    `${what}, so a budget in USD cannot be enforced: pass a model whose price is known, or unset run_skill.budget_usd and run_skill.server_budget_usd and set budgets in tokens instead.`,
  );
}

/** The list of prices, in a chunk of its own. */
export type PriceList = Pick<typeof import('@pydantic/genai-prices'), 'calcPrice' | 'findProvider'>;

/** Each alias, and the text that the names of its models contain. */
const families: ReadonlyMap<string, string> = new Map([
  ['opus', '-opus-'],
  ['opusplan', '-opus-'],
  ['sonnet', '-sonnet-'],
  ['haiku', '-haiku-'],
]);

/** Claude Code's mark for a model with a long context. */
const longContext = /\[1m\]$/i;

const aMillion = 1_000_000;
const digits = 12;

/** @param load called when a price is first asked for */
export function createPrices(load: () => PriceList): Prices {
  const costOf = (model: string, usage: TokenUsage): number | null => {
    const { calcPrice } = load();
    const name = model.replace(longContext, '');
    const { input_tokens, output_tokens, cache_creation_input_tokens, cache_read_input_tokens } = usage;
    // The sum of many requests is not one long request, so prices are asked for a millionth of it.
    const part = {
      input_tokens: (input_tokens + cache_creation_input_tokens + cache_read_input_tokens) / aMillion,
      output_tokens: output_tokens / aMillion,
      cache_write_tokens: cache_creation_input_tokens / aMillion,
      cache_read_tokens: cache_read_input_tokens / aMillion,
    };
    const price = calcPrice(part, name) ?? calcPrice(part, name, { providerId: 'aws' });
    return price === null ? null : price.total_price * aMillion;
  };

  return {
    async costUsd(usageByModel) {
      const used = Object.entries(usageByModel).filter(([, usage]) => tokensOf(usage) > 0);
      const costs = used.map(([model, usage]) => costOf(model, usage));
      const sum = costs.reduce((total, cost) => (total === null || cost === null ? null : total + cost), 0);
      // Removes rounding errors of floating-point sums.
      return sum === null ? null : Number(sum.toPrecision(digits));
    },
    async knows(model) {
      const family = families.get(model.toLowerCase().replace(longContext, ''));
      if (family === undefined) return costOf(model, aToken) !== null;
      return (
        load()
          .findProvider({ providerId: 'anthropic' })
          ?.models.some(({ id }) => id.includes(family)) ?? false
      );
    },
  };
}

const aToken: TokenUsage = {
  input_tokens: 1,
  output_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
};

const tokensOf = (usage: TokenUsage): number =>
  usage.input_tokens + usage.output_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens;
