import type { JsonObject } from '../json-object.ts';

/** Tokens, as the API counts them. */
export interface TokenUsage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
}

export const noTokens: TokenUsage = {
  input_tokens: 0,
  output_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
};

/** The tokens alone, without what else an object has. */
export const tokensOf = (usage: TokenUsage): TokenUsage => ({
  input_tokens: usage.input_tokens,
  output_tokens: usage.output_tokens,
  cache_creation_input_tokens: usage.cache_creation_input_tokens,
  cache_read_input_tokens: usage.cache_read_input_tokens,
});

/** An MCP server of the session, as its agent reports it. */
export interface AgentMcpServer {
  readonly name: string;
  /** The agent's own word: `connected`, `pending`, `failed`. */
  readonly status: string;
}

/** What the API said about a limit on the rate of requests. */
export interface RateLimit {
  /** `rejected`: requests fail until the reset. `warning`: soon they will. */
  readonly status: 'allowed' | 'warning' | 'rejected';
  /** Which limit: `five_hour`, `seven_day`; empty if it was not named. */
  readonly window: string;
  /** When requests are accepted again, in milliseconds since the epoch; null: not named. */
  readonly resetsAtMs: number | null;
  /** Used share in percent; null: not named. */
  readonly utilization: number | null;
}

/** The end that an agent itself reports. */
export interface AgentResult {
  /** The agent's own word, such as `success`, `error_max_turns`, `error_during_execution`. */
  readonly subtype: string;
  readonly isError: boolean;
  /** The last text of the session. */
  readonly text: string;
  /** Messages of errors that the agent lists beside the text. */
  readonly errors: readonly string[];
  readonly turns: number | null;
  /** As the agent counts it; null: it does not say. */
  readonly costUsd: number | null;
  /** Since the process started, or since its last result; null: it does not say. */
  readonly usage: TokenUsage | null;
  readonly usageByModel: Readonly<Record<string, TokenUsage>>;
}

/** One thing that a running agent reports, on its output or in its log. Adapters make these of what their agent prints. */
export type AgentEvent =
  /** The first record: what the session has. `tools` null: the agent does not say. */
  | {
      readonly type: 'init';
      readonly sessionId: string;
      readonly model: string | null;
      readonly version: string | null;
      readonly tools: readonly string[] | null;
      readonly mcpServers: readonly AgentMcpServer[];
    }
  /** Another record names the session. */
  | { readonly type: 'sessionId'; readonly sessionId: string }
  | { readonly type: 'text'; readonly text: string }
  /** @member filePath the file that the call writes, for tools that write one; null for the others */
  | {
      readonly type: 'toolCall';
      readonly id: string;
      readonly name: string;
      readonly input: JsonObject;
      readonly filePath: string | null;
    }
  | { readonly type: 'toolResult'; readonly callId: string; readonly isError: boolean; readonly text: string }
  /** Tokens of one answer of the model. A later event with the same `messageId` replaces it. */
  | { readonly type: 'usage'; readonly messageId: string; readonly model: string; readonly usage: TokenUsage }
  | { readonly type: 'rateLimit'; readonly limit: RateLimit }
  /** The API refused a request, and the agent tries again by itself. @member status the HTTP status; null: there was none */
  | { readonly type: 'apiRetry'; readonly attempt: number; readonly status: number | null; readonly delayMs: number }
  /** The context of the model is full. */
  | { readonly type: 'contextExhausted' }
  | { readonly type: 'result'; readonly result: AgentResult }
  /** A line that is not a record: a banner, or a line over the limit. */
  | { readonly type: 'unreadable'; readonly sizeBytes: number }
  /** A record of a kind that the adapter does not know. */
  | { readonly type: 'other'; readonly kind: string };
