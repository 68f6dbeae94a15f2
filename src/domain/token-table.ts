import type { TokenUsage } from './agent-session/agent-event.ts';
import { sumTokens } from './agent-session/sum-tokens.ts';
import { durationText } from './duration-text.ts';
import { markdownTable, markdownText } from './markdown-table.ts';
import { printable } from './printable-text.ts';

export interface TokenRow {
  readonly stepName: string;
  readonly tokens: TokenUsage;
  readonly invocations: number;
  readonly wallClockMs: number;
}

/**
 * What steps used, as a Markdown table for people.
 * @param shown the rows of the table; the total is of all rows
 */
export function tokenTable(rows: readonly TokenRow[], shown: readonly TokenRow[] = rows): string {
  const total: TokenRow = {
    stepName: 'Total',
    tokens: sumTokens(rows.map(({ tokens }) => tokens)),
    invocations: rows.reduce((sum, { invocations }) => sum + invocations, 0),
    wallClockMs: rows.reduce((sum, { wallClockMs }) => sum + wallClockMs, 0),
  };
  return markdownTable(
    ['Step', 'uncached', 'output', 'cache_read', 'cache_write', 'count', 'time'],
    [
      ...shown.map((row) => [markdownText(printable(row.stepName)), ...figuresOf(row)]),
      ['Total', ...figuresOf(total)].map((text) => `**${text}**`),
    ],
  );
}

const figuresOf = ({ tokens, invocations, wallClockMs }: TokenRow): readonly string[] => [
  tokensText(tokens.input_tokens),
  tokensText(tokens.output_tokens),
  tokensText(tokens.cache_read_input_tokens),
  tokensText(tokens.cache_creation_input_tokens),
  String(invocations),
  durationText(wallClockMs),
];

/** A number of tokens for people: `0`, `950`, `1.3k`, `2.0M`. */
function tokensText(count: number): string {
  if (count < 1_000) return String(count);
  // What rounds to 1000.0k is 1.0M.
  if (count < 999_950) return `${(count / 1_000).toFixed(1)}k`;
  return `${(count / 1_000_000).toFixed(1)}M`;
}
