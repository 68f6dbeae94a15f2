import * as z from 'zod';
import type { RunningSession, SessionEvent } from './session-record.ts';
import { type SessionState, waitsFor } from './session-state.ts';

const count = z.number().nonnegative();
const instant = z.iso.datetime({ offset: true });
const state = z.enum(Object.keys(waitsFor) as SessionState[]);

const tokenUsage = z.object({
  input_tokens: count,
  output_tokens: count,
  cache_creation_input_tokens: count,
  cache_read_input_tokens: count,
});

/** Reads `record.json`. Keys that a later version added are ignored. */
export const runningSessionSchema = z.object({
  schema_version: z.literal(1),
  key: z.string(),
  server_id: z.string(),
  agent: z.string(),
  session_id: z.string(),
  pid: z.int().positive().nullable(),
  skill_command: z.string(),
  step_name: z.string(),
  order_id: z.string(),
  // An earlier version wrote none.
  step_key: z.string().nullable().default(null),
  kitchen_id: z.string(),
  cwd: z.string(),
  model: z.string().nullable(),
  started_at: instant,
  state,
  state_since: instant,
  state_deadline: instant.nullable(),
  waits_for: z.string(),
  budget: z.object({ turns: count.nullable(), tokens: count.nullable(), usd: count.nullable() }),
  marker: z.string().nullable(),
  contract: z.object({
    outputs: z.array(
      z.object({
        name: z.string(),
        type: z.enum(['text', 'number', 'boolean', 'choice', 'url', 'file_path', 'file_path_list', 'directory_path']),
        values: z.array(z.string()).exactOptional(),
        isRequired: z.boolean(),
        pattern: z.string(),
      }),
    ),
    writes: z.enum(['always', 'never', 'conditional', 'unknown']),
    writesWhen: z.array(z.string()),
    neededTools: z.array(z.string()),
    makesWorktree: z.boolean(),
  }),
}) satisfies z.ZodType<RunningSession>;

const rateLimit = z.object({
  status: z.enum(['allowed', 'warning', 'rejected']),
  window: z.string(),
  resetsAtMs: z.number().nullable(),
  utilization: z.number().nullable(),
});

const result = z.object({
  subtype: z.string(),
  isError: z.boolean(),
  text: z.string(),
  errors: z.array(z.string()),
  turns: count.nullable(),
  costUsd: count.nullable(),
  usage: tokenUsage.nullable(),
  usageByModel: z.record(z.string(), tokenUsage),
});

const event = <Type extends string, Shape extends z.core.$ZodLooseShape>(type: Type, shape: Shape) =>
  z.object({ at: instant, type: z.literal(type), ...shape });

/** Reads a line of `events.jsonl`. Keys that a later version added are ignored. */
export const sessionEventSchema = z.discriminatedUnion('type', [
  event('init', {
    sessionId: z.string(),
    model: z.string().nullable(),
    version: z.string().nullable(),
    tools: z.array(z.string()).nullable(),
    mcpServers: z.array(z.object({ name: z.string(), status: z.string() })),
  }),
  event('sessionId', { sessionId: z.string() }),
  event('text', { text: z.string() }),
  event('toolCall', {
    id: z.string(),
    name: z.string(),
    input: z.record(z.string(), z.unknown()),
    filePath: z.string().nullable(),
  }),
  event('toolResult', { callId: z.string(), isError: z.boolean(), text: z.string() }),
  event('usage', { messageId: z.string(), model: z.string(), usage: tokenUsage }),
  event('rateLimit', { limit: rateLimit }),
  event('apiRetry', { attempt: z.number(), status: z.number().nullable(), delayMs: z.number() }),
  event('contextExhausted', {}),
  event('result', { result }),
  event('unreadable', { sizeBytes: count }),
  event('other', { kind: z.string() }),
  event('state', { state, reason: z.string().nullable() }),
  event('leftOut', { events: count }),
]) satisfies z.ZodType<SessionEvent>;
