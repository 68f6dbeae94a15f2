import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMessage } from '../../src/front/message.ts';
import { oneServerForAll } from '../support/spawned-server.ts';

/** Random bytes, and almost valid messages with noise inside. */
const someBytes = fc.oneof(
  fc.uint8Array({ maxLength: 400 }),
  fc
    .tuple(fc.json(), fc.uint8Array({ maxLength: 8 }), fc.nat(200))
    .map(([json, noise, at]) => Buffer.concat([Buffer.from(json.slice(0, at)), noise, Buffer.from(json.slice(at))])),
  fc
    .array(fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\', '\n', '\r', '\0', '\ufeff', '"id"', '1e999'))
    .map((parts) => Buffer.from(parts.join(''))),
);

const someName = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(...Object.getOwnPropertyNames(Object.prototype), 'prototype', 'then'),
);
const someId = fc.oneof(
  fc.integer(),
  someName,
  fc.constantFrom(0, '', -0, 1.5, null, true, 2 ** 60, 1e308),
  fc.jsonValue({ maxDepth: 1 }),
);
const someMethod = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'initialize',
      'ping',
      'tools/list',
      'tools/call',
      'logging/setLevel',
      'server/discover',
      'notifications/initialized',
      'notifications/cancelled',
      'notifications/progress',
      'completion/complete',
      'tasks/get',
    ),
  },
  { weight: 2, arbitrary: someName },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
);
const someMeta = fc.oneof(fc.record({ progressToken: someId }), fc.jsonValue({ maxDepth: 1 }));
const someTool = fc.oneof(
  fc.constantFrom('open_kitchen', 'close_kitchen', 'kitchen_status', 'get_pipeline_report'),
  someName,
);
const someParams = fc.oneof(
  fc.record(
    {
      name: someTool,
      arguments: fc.oneof(
        fc.dictionary(fc.oneof(someName, fc.constantFrom('name', 'overrides', 'clear')), fc.jsonValue({ maxDepth: 2 })),
        fc.jsonValue({ maxDepth: 2 }),
      ),
      _meta: someMeta,
      task: fc.jsonValue({ maxDepth: 1 }),
    },
    { requiredKeys: [] },
  ),
  fc.record(
    {
      protocolVersion: fc.oneof(fc.constantFrom('2025-06-18', '2024-11-05'), someName),
      capabilities: fc.oneof(fc.constant({}), fc.jsonValue({ maxDepth: 2 })),
      clientInfo: fc.oneof(fc.record({ name: someName, version: someName }), fc.jsonValue({ maxDepth: 1 })),
    },
    { requiredKeys: [] },
  ),
  fc.record(
    { cursor: someId, level: someName, requestId: someId, reason: someId, progress: someId, _meta: someMeta },
    { requiredKeys: [] },
  ),
  fc.jsonValue({ maxDepth: 3 }),
);
const someMessage = fc.record(
  {
    jsonrpc: fc.oneof(
      { weight: 9, arbitrary: fc.constant('2.0') },
      { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
    ),
    id: someId,
    method: someMethod,
    params: someParams,
    result: fc.jsonValue({ maxDepth: 1 }),
    error: fc.jsonValue({ maxDepth: 1 }),
    extra: fc.jsonValue({ maxDepth: 1 }),
  },
  { requiredKeys: ['jsonrpc'] },
);

describe('A server that receives arbitrary input', () => {
  const server = oneServerForAll();
  let pings = 0;

  /** Sends bytes, ends their last line, and expects the answer to a ping. */
  async function isStillServing(bytes: string | Uint8Array): Promise<void> {
    const alive = server();
    pings += 1;
    const id = `ping after ${pings}`;
    void alive.write(bytes);
    void alive.write(`\n${JSON.stringify({ jsonrpc: '2.0', id, method: 'ping' })}\n`);
    const answer = await alive.answerTo(id);
    expect([answer, ...alive.strayLines]).toEqual([{ jsonrpc: '2.0', id, result: {} }]);
  }

  it('answers the next ping, and writes nothing but JSON-RPC, after random bytes', async () => {
    await fc.assert(fc.asyncProperty(someBytes, isStillServing), { numRuns: 1_500 });
  });

  it('answers the next ping, and writes nothing but JSON-RPC, after random JSON', async () => {
    await fc.assert(fc.asyncProperty(fc.json(), isStillServing), { numRuns: 500 });
  });

  it('answers the next ping, and writes nothing but JSON-RPC, after almost valid messages', async () => {
    const lines = fc.array(someMessage, { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(lines, (messages) =>
        isStillServing(messages.map((message) => JSON.stringify(message)).join('\n')),
      ),
      { numRuns: 1_500 },
    );
  });

  it('answers the next ping after values nested a hundred thousand levels deep', async () => {
    const depth = 100_000;
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '1}'],
    ] as const) {
      const deep = `${open.repeat(depth)}${close === ']' ? '' : '1'}${close.replace('1', '').repeat(depth)}`;
      await isStillServing(deep);
      for (const method of ['tools/call', 'tools/list', 'initialize', 'no/such/method', 'notifications/cancelled']) {
        const params = `{"name":"open_kitchen","requestId":${deep},"arguments":{"overrides":${deep}},"capabilities":${deep}}`;
        await isStillServing(`{"jsonrpc":"2.0","id":"deep","method":"${method}","params":${params}}`);
      }
    }
  });

  it('answers each well-formed request exactly once', async () => {
    const request = fc.record({
      method: someMethod.filter((method) => typeof method === 'string'),
      params: someParams,
    });
    let asked = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 8 }), async (requests) => {
        const alive = server();
        const ids = requests.map(() => {
          asked += 1;
          return `asked ${asked}`;
        });
        const lines = requests.map((members, index) => JSON.stringify({ jsonrpc: '2.0', id: ids[index], ...members }));
        await isStillServing(lines.join('\n'));
        await Promise.all(ids.map((id) => alive.answerTo(id)));
        const answered = alive.messages.map(({ id }) => id).filter((id) => ids.includes(String(id)));
        expect(answered.sort()).toEqual(ids.sort());
      }),
      { numRuns: 300 },
    );
  });
});

describe('The reader of messages', () => {
  const kinds = new Set(['request', 'notification', 'response', 'batch', 'blank', 'malformed']);

  it('never throws on random bytes', () => {
    fc.assert(
      fc.property(someBytes, (bytes) => kinds.has(readMessage(Buffer.from(bytes)).kind)),
      { numRuns: 2_000 },
    );
  });

  it('never throws on almost valid messages, and explains in words what is wrong with a malformed one', () => {
    fc.assert(
      fc.property(someMessage, (message) => {
        const incoming = readMessage(Buffer.from(JSON.stringify(message)));
        if (incoming.kind !== 'malformed') return kinds.has(incoming.kind);
        return (
          [-32700, -32600, -32602].includes(incoming.code) &&
          /^[A-Z][a-z]+ [a-z]+: \S/.test(incoming.reason) &&
          !/\[object|undefined|function/.test(incoming.reason)
        );
      }),
      { numRuns: 5_000 },
    );
  });

  it('returns a request unchanged, whatever the name of its method', () => {
    const id = fc.oneof(
      fc.maxSafeInteger(),
      fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
    );
    const own = new Set(['initialize', 'tools/list', 'tools/call', 'logging/setLevel']);
    const method = someName.filter((name) => !own.has(name));
    const params = fc.dictionary(
      fc.string().filter((name) => name !== '_meta' && name !== '__proto__'),
      // A member that is null counts as none.
      fc.jsonValue().filter((value) => value !== null),
    );
    fc.assert(
      fc.property(id, method, params, (sentId, sentMethod, sentParams) => {
        const message = { jsonrpc: '2.0', id: sentId, method: sentMethod, params: sentParams };
        const text = JSON.stringify(message);
        const sent: unknown = JSON.parse(text);
        expect(readMessage(Buffer.from(text))).toEqual({ kind: 'request', message: sent, text });
      }),
      { numRuns: 2_000 },
    );
  });

  it('rejects a request whose id is not of a type that MCP allows', () => {
    const badId = fc.oneof(
      fc.constantFrom(null, true, false),
      fc.double({ noInteger: true, noNaN: true, noDefaultInfinity: true }),
      fc.array(fc.jsonValue()),
      fc.dictionary(fc.string(), fc.jsonValue()),
    );
    fc.assert(
      fc.property(badId, someMethod, (id, method) => {
        const incoming = readMessage(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, method })));
        expect(incoming).toEqual({ kind: 'malformed', code: -32600, reason: expect.any(String) });
      }),
    );
  });
});
