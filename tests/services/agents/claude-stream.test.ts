import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentEvent } from '../../../src/domain/agent-session/agent-event.ts';
import { encodeJson } from '../../../src/domain/encode-json.ts';
import { eventsOf, recordedLines } from './a-claude-session.ts';

const sessionId = '00000000-0000-4000-8000-000000000001';
const model = 'claude-opus-5-5';

const recorded = (name: string) => eventsOf(recordedLines(name));
const typesOf = (events: readonly AgentEvent[]) => events.map(({ type }) => type);
const ofType = <Type extends AgentEvent['type']>(events: readonly AgentEvent[], type: Type) =>
  events.filter((event): event is Extract<AgentEvent, { readonly type: Type }> => event.type === type);
const resultsOf = (events: readonly AgentEvent[]) => ofType(events, 'result').map(({ result }) => result);

describe('what a real session printed', () => {
  it('says what the session has, what it said, called and wrote, and how it ended', () => {
    const events = recorded('success');
    expect(events[0]).toMatchObject({ type: 'init', sessionId, model, version: '2.1.332', mcpServers: [] });
    expect(ofType(events, 'init')[0]?.tools).toEqual(expect.arrayContaining(['Bash', 'Read', 'Write', 'Edit']));
    expect(typesOf(events.slice(1))).toEqual([
      ...['text', 'usage', 'toolCall', 'usage', 'toolResult'],
      ...['toolCall', 'usage', 'toolResult'],
      ...['text', 'usage', 'result'],
    ]);
    const [write, bash] = ofType(events, 'toolCall');
    expect(write).toMatchObject({ name: 'Write', filePath: '/home/user/project/note.md' });
    expect(bash).toMatchObject({ name: 'Bash', filePath: null, input: { command: 'false' } });
    expect(ofType(events, 'toolResult')).toEqual([
      { type: 'toolResult', callId: write?.id, isError: false, text: expect.stringContaining('note.md') },
      { type: 'toolResult', callId: bash?.id, isError: true, text: 'Exit code 1' },
    ]);
    const usage = {
      input_tokens: 33,
      output_tokens: 21,
      cache_creation_input_tokens: 9,
      cache_read_input_tokens: 15,
    };
    expect(resultsOf(events)).toEqual([
      {
        subtype: 'success',
        isError: false,
        text: 'Written.\n%%SMOKE::0a1b2c3d%%',
        errors: [],
        turns: 3,
        costUsd: expect.closeTo(0.0006),
        usage,
        usageByModel: { [model]: usage },
      },
    ]);
  });

  it('a resumed session has the same id, and its result counts only what it used itself', () => {
    const events = recorded('resumed');
    expect(events[0]).toMatchObject({ type: 'init', sessionId });
    expect(resultsOf(events)).toMatchObject([{ usage: { input_tokens: 11, output_tokens: 7 } }]);
  });

  it('a command in the background lets a session go on after its result: each of the two results counts what came before it', () => {
    const events = recorded('background-command');
    expect(typesOf(events).filter((type) => type === 'init' || type === 'result')).toEqual([
      ...['init', 'result', 'init', 'result'],
    ]);
    expect(resultsOf(events)).toMatchObject([{ usage: { input_tokens: 22 } }, { usage: { input_tokens: 11 } }]);
  });

  it('retries of an overloaded API, and the failure after the last one', () => {
    expect(ofType(recorded('retried'), 'apiRetry')).toMatchObject([{ attempt: 1, status: 529 }]);
    const events = recorded('overloaded');
    expect(ofType(events, 'apiRetry').map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(ofType(events, 'apiRetry').every(({ delayMs }) => delayMs > 400)).toBe(true);
    expect(resultsOf(events)).toMatchObject([
      { subtype: 'success', isError: true, text: expect.stringMatching(/^API Error: 529 Overloaded/) },
    ]);
  });

  it('the limit of a subscription, with its reset; an API key has a limit without one', () => {
    const events = recorded('usage-limit');
    const resetsAtMs = 1_796_081_189_000;
    expect(ofType(events, 'rateLimit')).toEqual([
      { type: 'rateLimit', limit: { status: 'rejected', window: 'five_hour', resetsAtMs, utilization: 102 } },
    ]);
    expect(resultsOf(events)).toMatchObject([{ isError: true }]);
    expect(ofType(recorded('usage-warning'), 'rateLimit')).toEqual([
      { type: 'rateLimit', limit: { status: 'warning', window: 'five_hour', resetsAtMs, utilization: 92 } },
    ]);
    expect(ofType(recorded('rejected'), 'rateLimit')).toEqual([
      { type: 'rateLimit', limit: { status: 'rejected', window: '', resetsAtMs: null, utilization: null } },
    ]);
  });

  it('a full context, also after the failed attempt to make room in it', () => {
    const events = recorded('context-exhausted');
    expect(typesOf(events)).toContain('contextExhausted');
    expect(resultsOf(events)).toMatchObject([{ isError: true, text: 'Prompt is too long' }]);
    expect(typesOf(recorded('success'))).not.toContain('contextExhausted');
  });

  it('an error that Claude Code reports itself is no answer of a model, so it has no tokens', () => {
    const events = recorded('not-logged-in');
    expect(ofType(events, 'text')).toEqual([{ type: 'text', text: 'Not logged in · Please run /login' }]);
    expect(typesOf(events)).not.toContain('usage');
  });

  it('a session that cannot be resumed has a result with errors, and no text', () => {
    const events = recorded('unknown-session');
    expect(events).toMatchObject([{ type: 'sessionId', sessionId }, { type: 'result' }]);
    expect(resultsOf(events)).toMatchObject([
      {
        subtype: 'error_during_execution',
        isError: true,
        text: '',
        errors: [expect.stringMatching(/^No conversation found/)],
      },
    ]);
  });
});

const record = (fields: object) => encodeJson({ session_id: 's', ...fields });
const init = record({ type: 'system', subtype: 'init' });
const afterInit = (fields: object) => eventsOf([init, record(fields)]).slice(1);
const assistant = (block: object, more: object = {}) =>
  afterInit({ type: 'assistant', message: { content: [block] }, ...more });

describe('records that are not as expected', () => {
  it.each<[what: string, line: string | null, events: readonly object[]]>([
    ['an empty line is nothing', '', []],
    ['the rest of an empty line of a terminal is nothing', '\r', []],
    ['a banner is unreadable', 'Welcome to Claude Code!', [{ type: 'unreadable', sizeBytes: 23 }]],
    ['a line over the limit is unreadable', null, [{ type: 'unreadable', sizeBytes: 0 }]],
    ['half a record is unreadable', '{"type":"assis', [{ type: 'unreadable', sizeBytes: 14 }]],
    ['a number is unreadable', '17', [{ type: 'unreadable', sizeBytes: 2 }]],
    ['bytes that are no text are unreadable', '\ufffd\ufffd\u0000', [{ type: 'unreadable', sizeBytes: 3 }]],
    ['a record may end with a carriage return', '{"type":"novel"}\r', [{ type: 'other', kind: 'novel' }]],
    [
      'an unknown record keeps its kind',
      '{"type":"system","subtype":"hook_started"}',
      [{ type: 'other', kind: 'system/hook_started' }],
    ],
    ['a kind is a stranger’s text', `{"type":"${'x'.repeat(9_000)}"}`, [{ type: 'other', kind: 'x'.repeat(80) }]],
    ['a record without a type has no kind', '{"type":{"a":1}}', [{ type: 'other', kind: '' }]],
    [
      'a limit with an unknown status says nothing',
      '{"type":"rate_limit_event","rate_limit_info":{"status":"maybe"}}',
      [{ type: 'other', kind: 'rate_limit_event' }],
    ],
  ])('%s', (_, line, events) => {
    expect(eventsOf([line])).toEqual(events);
  });

  it('a second id of the session is reported once', () => {
    const lines = [
      init,
      record({ type: 'novel' }),
      ...['t', 't', 's'].map((id) => encodeJson({ type: 'novel', session_id: id })),
    ];
    expect(ofType(eventsOf(lines), 'sessionId').map((event) => event.sessionId)).toEqual(['t', 's']);
  });

  it.each([
    ['Write', { file_path: '/a' }, '/a'],
    ['Edit', { file_path: '/a' }, '/a'],
    ['MultiEdit', { file_path: '/a' }, '/a'],
    ['NotebookEdit', { notebook_path: '/a.ipynb' }, '/a.ipynb'],
    ['Read', { file_path: '/a' }, null],
    ['Write', { file_path: 7 }, null],
    ['constructor', { file_path: '/a' }, null],
  ])('%s of %j writes %s', (name, input, filePath) => {
    expect(assistant({ type: 'tool_use', id: 'c', name, input })).toEqual([
      { type: 'toolCall', id: 'c', name, input, filePath },
    ]);
  });

  it('an input that is no object, or too deep to be written, is left out', () => {
    const deep = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`;
    const call = '{"type":"tool_use","id":"c","name":"Write","input":INPUT}';
    for (const input of ['"text"', '[1]', 'null', deep]) {
      const line = `{"type":"assistant","message":{"content":[${call.replace('INPUT', input)}]}}`;
      expect(eventsOf([line])).toEqual([{ type: 'toolCall', id: 'c', name: 'Write', input: {}, filePath: null }]);
    }
  });

  it('what a subagent says is not said by the session; what it calls is called', () => {
    const more = { parent_tool_use_id: 'c' };
    expect(assistant({ type: 'text', text: '%%DONE::00000000%%' }, more)).toEqual([]);
    expect(typesOf(assistant({ type: 'tool_use', id: 'd', name: 'Bash', input: {} }, more))).toEqual(['toolCall']);
  });

  it('the result of a call may be a list of blocks', () => {
    const content = [{ type: 'text', text: 'a' }, { type: 'image' }, null, { type: 'text', text: 'b' }];
    const events = afterInit({
      type: 'user',
      message: { content: [{ type: 'tool_result', tool_use_id: 'c', content }] },
    });
    expect(events).toEqual([{ type: 'toolResult', callId: 'c', isError: false, text: 'a\nb' }]);
  });

  it('the result of a session may be a list of blocks, and what is no number does not count', () => {
    const usage = { input_tokens: '7', output_tokens: -1, cache_read_input_tokens: null };
    const events = eventsOf([
      `{"type":"result","result":[{"type":"text","text":"done"}],"errors":["e",1],"num_turns":"2","total_cost_usd":1e999,"usage":${encodeJson(usage)}}`,
    ]);
    expect(resultsOf(events)).toEqual([
      {
        subtype: '',
        isError: false,
        text: 'done',
        errors: ['e'],
        turns: null,
        costUsd: null,
        usage: { input_tokens: 0, output_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 },
        usageByModel: {},
      },
    ]);
  });

  it('counts are whole, and their sums stay numbers', () => {
    const events = eventsOf([
      '{"type":"result","modelUsage":{"a":{"inputTokens":1e308},"b":{"inputTokens":1e308,"outputTokens":1.5}}}',
    ]);
    expect(resultsOf(events)[0]?.usage).toMatchObject({ input_tokens: 2e12, output_tokens: 1 });
  });

  it('a model called __proto__ is a model', () => {
    const events = eventsOf(['{"type":"result","modelUsage":{"__proto__":{"inputTokens":3}}}']);
    const [result] = resultsOf(events);
    expect(Object.keys(result?.usageByModel ?? {})).toEqual(['__proto__']);
    expect(result?.usage).toMatchObject({ input_tokens: 3 });
  });

  it.each([
    ['a reset that no date can name', { resetsAt: 1e300 }, { resetsAtMs: null }],
    ['a reset that is a text', { resetsAt: '1796081189' }, { resetsAtMs: null }],
    ['a window named like a member of every object', { rateLimitType: 'constructor' }, { utilization: null }],
  ])('%s', (_, info, limit) => {
    const events = afterInit({
      type: 'rate_limit_event',
      rate_limit_info: { status: 'rejected', unifiedWindows: {}, ...info },
    });
    expect(events).toMatchObject([{ type: 'rateLimit', limit }]);
  });

  it.each([
    [
      'in a flat record without tokens',
      { content: [{ type: 'text', text: 'Prompt is too long' }], usage: { output_tokens: 0 } },
    ],
    [
      'in an error of Claude Code itself',
      {
        message: {
          model: '<synthetic>',
          content: [{ type: 'text', text: 'API Error: The model has reached its context window limit.' }],
        },
      },
    ],
  ])('a full context is found %s', (_, fields) => {
    expect(typesOf(afterInit({ type: 'assistant', ...fields }))).toContain('contextExhausted');
  });

  it('a session that speaks of a full context has none', () => {
    expect(typesOf(assistant({ type: 'text', text: 'The error was: prompt is too long' }))).toEqual(['text']);
    expect(typesOf(afterInit({ type: 'result', subtype: 'success', result: 'Fixed: prompt is too long' }))).toEqual([
      'result',
    ]);
  });

  it('no line throws, whatever stands in it', () => {
    const known = [
      'assistant',
      'user',
      'result',
      'system',
      'rate_limit_event',
      'init',
      'api_retry',
      'text',
      'tool_use',
      'tool_result',
    ];
    const names = [
      ...[
        'type',
        'subtype',
        'message',
        'content',
        'usage',
        'modelUsage',
        'input',
        'id',
        'name',
        'text',
        'tools',
        'mcp_servers',
      ],
      ...[
        'errors',
        'result',
        'is_error',
        'rate_limit_info',
        'unifiedWindows',
        'resetsAt',
        'session_id',
        '__proto__',
        'constructor',
      ],
    ];
    const { node } = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        fc.oneof(fc.constantFrom(...known), fc.jsonValue()),
        fc.array(tie('node'), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom(...names), tie('node'), { maxKeys: 4 }),
      ),
    }));
    const records = fc.dictionary(fc.constantFrom(...names), node, { maxKeys: 6 });
    const lines = fc.oneof(
      fc.tuple(fc.constantFrom(...known), records).map(([type, fields]) => encodeJson({ ...fields, type })),
      records.map((fields) => encodeJson({ ...fields, type: 'system', subtype: 'init' })),
      fc.json(),
      fc.uint8Array().map((bytes) => Buffer.from(bytes).toString()),
    );
    fc.assert(
      fc.property(fc.array(lines, { maxLength: 3 }), (all) => {
        for (const event of eventsOf(all)) expect(() => encodeJson(event)).not.toThrow();
      }),
      { numRuns: 150 },
    );
  });
});
