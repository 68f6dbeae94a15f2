import type {
  AgentEvent,
  AgentMcpServer,
  AgentResult,
  RateLimit,
  TokenUsage,
} from '../../domain/agent-session/agent-event.ts';
import { sumTokens } from '../../domain/agent-session/sum-tokens.ts';
import { isJsonObject, type JsonObject } from '../../domain/json-object.ts';
import { isNestedDeeper, mostLevels } from '../../domain/nesting.ts';

/**
 * The records of Claude Code, as its stream and its log have them. Every release brings new ones and new fields, and nothing in them is
 * certain: what is missing or of another type is left out, and nothing throws.
 */

/** The events of an `assistant` or a `user` record. */
export function eventsOfMessage(record: JsonObject): readonly AgentEvent[] {
  const message = objectOf(record.message);
  const blocks = listOf(message.content ?? record.content).filter(isJsonObject);
  if (record.type === 'user') return blocks.flatMap(eventsOfToolResult);
  // A subagent talks to the session, not for it. The stream names the call that started it, the log calls it a side chain.
  const isSubagent = typeof record.parent_tool_use_id === 'string' || record.isSidechain === true;
  const events = blocks.flatMap((block) => eventsOfBlock(block, isSubagent));
  const exhausted: readonly AgentEvent[] = isContextExhausted(record, blocks) ? [{ type: 'contextExhausted' }] : [];
  return [...events, ...eventsOfUsage(message), ...exhausted];
}

function eventsOfBlock(block: JsonObject, isSubagent: boolean): readonly AgentEvent[] {
  if (block.type === 'text') {
    const text = textOf(block.text);
    return isSubagent || text === '' ? [] : [{ type: 'text', text }];
  }
  if (block.type !== 'tool_use') return [];
  const input = isNestedDeeper(block.input, mostLevels) ? {} : objectOf(block.input);
  const name = textOf(block.name);
  return [{ type: 'toolCall', id: textOf(block.id), name, input, filePath: filePathOf(name, input) }];
}

const pathArguments: ReadonlyMap<string, string> = new Map([
  ['Write', 'file_path'],
  ['Edit', 'file_path'],
  ['MultiEdit', 'file_path'],
  ['NotebookEdit', 'notebook_path'],
]);

function filePathOf(tool: string, input: JsonObject): string | null {
  const argument = pathArguments.get(tool);
  return argument === undefined ? null : (textOrNull(input[argument]) ?? null);
}

function eventsOfToolResult(block: JsonObject): readonly AgentEvent[] {
  if (block.type !== 'tool_result') return [];
  const isError = block.is_error === true;
  return [{ type: 'toolResult', callId: textOf(block.tool_use_id), isError, text: textOfContent(block.content) }];
}

/** What Claude Code says itself, such as an error of the API, has this model, no tokens, and is no answer of a model. */
const ownModel = '<synthetic>';

function eventsOfUsage(message: JsonObject): readonly AgentEvent[] {
  const messageId = textOf(message.id);
  const model = textOf(message.model);
  if (messageId === '' || model === '' || model === ownModel || !isJsonObject(message.usage)) return [];
  return [{ type: 'usage', messageId, model, usage: usageOf(message.usage) }];
}

const exhaustion = /prompt is too long|reached its context window limit/i;

/** Newer releases mark their own errors; in older ones such a record is flat, or has no tokens. */
function isContextExhausted(record: JsonObject, blocks: readonly JsonObject[]): boolean {
  const message = objectOf(record.message);
  const isOwn =
    record.is_api_error_message === true ||
    record.isApiErrorMessage === true ||
    message.model === ownModel ||
    (!isJsonObject(record.message) && objectOf(record.usage).output_tokens === 0);
  return isOwn && blocks.some(({ text }) => exhaustion.test(textOf(text)));
}

/** Of tokens, attempts and milliseconds in one record. */
const mostCounted = 1e12;
/** In one record. */
const mostTools = 10_000;
const mostServers = 1_000;

export function initOf(record: JsonObject): AgentEvent {
  return {
    type: 'init',
    sessionId: textOf(record.session_id),
    model: textOrNull(record.model),
    version: textOrNull(record.claude_code_version),
    tools: Array.isArray(record.tools)
      ? record.tools.slice(0, mostTools).filter((tool) => typeof tool === 'string')
      : null,
    mcpServers: listOf(record.mcp_servers)
      .slice(0, mostServers)
      .filter(isJsonObject)
      .map(({ name, status }): AgentMcpServer => ({ name: textOf(name), status: textOf(status) })),
  };
}

/** @returns with the events that follow from it, before it */
export function eventsOfResult(record: JsonObject, isLimitKnown: boolean): readonly AgentEvent[] {
  const result = resultOf(record);
  const events: AgentEvent[] = [];
  const isExhausted =
    record.terminal_reason === 'prompt_too_long' ||
    [result.text, ...result.errors].some((text) => exhaustion.test(text));
  if (result.isError && isExhausted) events.push({ type: 'contextExhausted' });
  // With an API key there is no record of the limit, only the status.
  if (result.isError && record.api_error_status === 429 && !isLimitKnown)
    events.push({ type: 'rateLimit', limit: { status: 'rejected', window: '', resetsAtMs: null, utilization: null } });
  return [...events, { type: 'result', result }];
}

function resultOf(record: JsonObject): AgentResult {
  // On newer versions the other map counts from the start of the session, over all its processes.
  const usageByModel = usageByModelOf(record.model_usage_since_last_result ?? record.modelUsage);
  return {
    subtype: textOf(record.subtype),
    isError: record.is_error === true,
    text: textOfContent(record.result),
    errors: listOf(record.errors).filter((error) => typeof error === 'string'),
    turns: numberOrNull(record.num_turns),
    costUsd: numberOrNull(record.total_cost_usd),
    // `usage` is without what subagents used.
    usage: sumOf(Object.values(usageByModel)) ?? (isJsonObject(record.usage) ? usageOf(record.usage) : null),
    usageByModel,
  };
}

/** null: it names none */
const sumOf = (usages: readonly TokenUsage[]): TokenUsage | null => (usages.length === 0 ? null : sumTokens(usages));

function usageByModelOf(value: unknown): Readonly<Record<string, TokenUsage>> {
  return Object.fromEntries(
    Object.entries(objectOf(value)).map(([model, usage]) => {
      const { inputTokens, outputTokens, cacheCreationInputTokens, cacheReadInputTokens } = objectOf(usage);
      return [
        model,
        usageOf({
          input_tokens: inputTokens,
          output_tokens: outputTokens,
          cache_creation_input_tokens: cacheCreationInputTokens,
          cache_read_input_tokens: cacheReadInputTokens,
        }),
      ];
    }),
  );
}

const usageOf = (usage: JsonObject): TokenUsage => ({
  input_tokens: countOf(usage.input_tokens),
  output_tokens: countOf(usage.output_tokens),
  cache_creation_input_tokens: countOf(usage.cache_creation_input_tokens),
  cache_read_input_tokens: countOf(usage.cache_read_input_tokens),
});

const statuses: ReadonlyMap<unknown, RateLimit['status']> = new Map([
  ['allowed', 'allowed'],
  ['allowed_warning', 'warning'],
  ['rejected', 'rejected'],
]);

/** The latest moment that a date can name. */
const lastMs = 8_640_000_000_000_000;

/** @returns null if it does not say what the limit is */
export function rateLimitOf(record: JsonObject): RateLimit | null {
  const info = objectOf(record.rate_limit_info);
  const status = statuses.get(info.status);
  if (status === undefined) return null;
  const window = textOf(info.rateLimitType);
  const windows = objectOf(info.unifiedWindows);
  const ofWindow = Object.hasOwn(windows, window) ? objectOf(windows[window]) : {};
  const resetsAtMs = (numberOrNull(info.resetsAt) ?? Number.NaN) * 1_000;
  const share = numberOrNull(info.utilization) ?? numberOrNull(ofWindow.utilization);
  return {
    status,
    window,
    resetsAtMs: resetsAtMs <= lastMs ? resetsAtMs : null,
    utilization: share === null ? null : share * 100,
  };
}

export const apiRetryOf = (record: JsonObject): AgentEvent => ({
  type: 'apiRetry',
  attempt: countOf(record.attempt),
  status: numberOrNull(record.error_status),
  delayMs: Math.round(countOf(record.retry_delay_ms)),
});

/** A text, or a list of blocks with texts. */
function textOfContent(content: unknown): string {
  if (typeof content === 'string') return content;
  return listOf(content)
    .filter(isJsonObject)
    .flatMap(({ text }) => (typeof text === 'string' ? [text] : []))
    .join('\n');
}

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const objectOf = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
/** JSON has no infinity, but 1e999 becomes one. */
const numberOrNull = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
/** Whole, and so small that sums stay exact. */
const countOf = (value: unknown): number => Math.min(Math.floor(numberOrNull(value) ?? 0), mostCounted);
