import type { AgentEvent, AgentResult, RateLimit, TokenUsage } from '../../domain/agent-session/agent-event.ts';
import { isJsonObject, parseJsonObject } from '../../domain/json-object.ts';

type Guard<Value> = (value: unknown) => value is Value;
type Shape<Value> = { readonly [Key in keyof Value]: Guard<Value[Key]> };

const isText: Guard<string> = (value) => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isFlag: Guard<boolean> = (value) => typeof value === 'boolean';
const nullOr =
  <Value>(guard: Guard<Value>): Guard<Value | null> =>
  (value) =>
    value === null || guard(value);
const listOf =
  <Value>(guard: Guard<Value>): Guard<readonly Value[]> =>
  (value): value is readonly Value[] =>
    Array.isArray(value) && value.every(guard);
const mapOf =
  <Value>(guard: Guard<Value>): Guard<Readonly<Record<string, Value>>> =>
  (value): value is Readonly<Record<string, Value>> =>
    isJsonObject(value) && Object.values(value).every(guard);
const objectOf =
  <Value extends object>(shape: Shape<Value>): Guard<Value> =>
  (value): value is Value =>
    isJsonObject(value) && Object.entries<Guard<unknown>>(shape).every(([key, guard]) => guard(value[key]));

const isStatus: Guard<RateLimit['status']> = (value) =>
  value === 'allowed' || value === 'warning' || value === 'rejected';

const isUsage = objectOf<TokenUsage>({
  input_tokens: isNumber,
  output_tokens: isNumber,
  cache_creation_input_tokens: isNumber,
  cache_read_input_tokens: isNumber,
});

type Fields<Type> = Omit<Extract<AgentEvent, { readonly type: Type }>, 'type'>;

const shapes: { readonly [Type in AgentEvent['type']]: Shape<Fields<Type>> } = {
  init: {
    sessionId: isText,
    model: nullOr(isText),
    version: nullOr(isText),
    tools: nullOr(listOf(isText)),
    mcpServers: listOf(objectOf({ name: isText, status: isText })),
  },
  sessionId: { sessionId: isText },
  text: { text: isText },
  toolCall: { id: isText, name: isText, input: isJsonObject, filePath: nullOr(isText) },
  toolResult: { callId: isText, isError: isFlag, text: isText },
  usage: { messageId: isText, model: isText, usage: isUsage },
  rateLimit: {
    limit: objectOf<RateLimit>({
      status: isStatus,
      window: isText,
      resetsAtMs: nullOr(isNumber),
      utilization: nullOr(isNumber),
    }),
  },
  apiRetry: { attempt: isNumber, status: nullOr(isNumber), delayMs: isNumber },
  contextExhausted: {},
  result: {
    result: objectOf<AgentResult>({
      subtype: isText,
      isError: isFlag,
      text: isText,
      errors: listOf(isText),
      turns: nullOr(isNumber),
      costUsd: nullOr(isNumber),
      usage: nullOr(isUsage),
      usageByModel: mapOf(isUsage),
    }),
  },
  unreadable: { sizeBytes: isNumber },
  other: { kind: isText },
};

const isType = (value: unknown): value is AgentEvent['type'] => isText(value) && Object.hasOwn(shapes, value);

/**
 * Reads an event that a program printed as JSON. An object that is none, or lacks a field, is `other`.
 * @returns null for a line that is not a JSON object
 */
export function readAgentEvent(line: string): AgentEvent | null {
  const object = parseJsonObject(line);
  if (object === null) return null;
  return isAgentEvent(object) ? object : { type: 'other', kind: isText(object.type) ? object.type : '' };
}

const isAgentEvent = (object: unknown): object is AgentEvent =>
  isJsonObject(object) && isType(object.type) && objectOf(shapes[object.type])(object);
