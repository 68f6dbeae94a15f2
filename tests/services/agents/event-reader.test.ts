import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type AgentEvent, noTokens } from '../../../src/domain/agent-session/agent-event.ts';
import { createEventReader } from '../../../src/services/agents/event-reader.ts';

const result = {
  subtype: 'success',
  isError: false,
  text: 'done',
  errors: [],
  turns: 2,
  costUsd: null,
  usage: noTokens,
  usageByModel: { small: noTokens },
};

/** One of each type: a type that is missing here does not compile. */
const events: { readonly [Type in AgentEvent['type']]: Extract<AgentEvent, { readonly type: Type }> } = {
  init: {
    type: 'init',
    sessionId: 'a',
    model: null,
    version: '1',
    tools: ['Bash'],
    mcpServers: [{ name: 'shop', status: 'connected' }],
  },
  sessionId: { type: 'sessionId', sessionId: 'b' },
  text: { type: 'text', text: 'hello' },
  toolCall: { type: 'toolCall', id: '1', name: 'Write', input: { file_path: '/a' }, filePath: '/a' },
  toolResult: { type: 'toolResult', callId: '1', isError: false, text: 'ok' },
  usage: { type: 'usage', messageId: 'm', model: 'small', usage: noTokens },
  rateLimit: {
    type: 'rateLimit',
    limit: { status: 'rejected', window: 'five_hour', resetsAtMs: 1_000, utilization: 99.5 },
  },
  apiRetry: { type: 'apiRetry', attempt: 1, status: 529, delayMs: 500 },
  contextExhausted: { type: 'contextExhausted' },
  result: { type: 'result', result },
  unreadable: { type: 'unreadable', sizeBytes: 3 },
  other: { type: 'other', kind: 'weather' },
};

const read = (line: string | null) => createEventReader().line(line, 5_000_000);

it.each(Object.values(events))('an agent that prints our own events reports $type', (event) => {
  expect(read(JSON.stringify(event))).toEqual([event]);
  expect(read(`${JSON.stringify(event)}\r`)).toEqual([event]);
});

it.each(
  Object.values(events).flatMap(({ type, ...fields }) => Object.keys(fields).map((field) => [type, field] as const)),
)('what looks like %s is none if it lacks %s, or has something else there', (type, field) => {
  const something = field === 'input' ? [] : {};
  for (const value of [undefined, something])
    expect(read(JSON.stringify({ ...events[type], [field]: value }))).toMatchObject([{ type: 'other', kind: type }]);
});

it.each<object>([
  { ...result, usage: { ...noTokens, input_tokens: '3' } },
  { ...result, usageByModel: { small: {} } },
  { ...result, errors: [3] },
])('a result is none if something within it is wrong', (wrong) => {
  expect(read(JSON.stringify({ type: 'result', result: wrong }))).toMatchObject([{ type: 'other', kind: 'result' }]);
});

it.each([
  ['a word', 'hello', { type: 'unreadable', sizeBytes: 5 }],
  ['a list', '[1]', { type: 'unreadable', sizeBytes: 3 }],
  ['half an object', '{"type":"te', { type: 'unreadable', sizeBytes: 11 }],
  ['an object without a type', '{"text":"a"}', { type: 'other', kind: '' }],
  ['an unknown type', '{"type":"weather"}', { type: 'other', kind: 'weather' }],
  ['the name of a method as a type', '{"type":"toString"}', { type: 'other', kind: 'toString' }],
  ['a line over the limit', null, { type: 'unreadable', sizeBytes: 5_000_000 }],
])('what is not an event is counted: %s', (_, line, event) => {
  expect(read(line)).toEqual([event]);
});

it('an empty line says nothing', () => {
  expect([read(''), read('\r')]).toEqual([[], []]);
});

const likeAnEvent = fc
  .tuple(fc.constantFrom(...Object.values(events)), fc.constantFrom<unknown>(null, true, 1, 'a', [], [null], {}))
  .chain(([event, value]) =>
    fc.constantFrom('unknown', ...Object.keys(event)).map((field) => JSON.stringify({ ...event, [field]: value })),
  );

it('no line makes the reader throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), likeAnEvent), (line) => {
      expect(read(line).length).toBeLessThanOrEqual(1);
    }),
  );
});
