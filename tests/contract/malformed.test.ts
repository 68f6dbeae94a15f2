import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/domain/json-object.ts';
import { listedNames } from '../support/listed-names.ts';
import {
  aNotification,
  aRequest,
  aToolCall,
  linesOf,
  type Message,
  oneServerForAll,
  type SpawnedServer,
  spawnServer,
} from '../support/spawned-server.ts';

const parseError = -32700;
const invalidRequest = -32600;
const invalidParams = -32602;

/** Sends one line, then a ping. Returns what arrives before the answer to the ping. */
async function answersTo(server: SpawnedServer, line: string | Uint8Array): Promise<readonly Message[]> {
  const sofar = server.messages.length;
  await server.write(line);
  await server.write('\n');
  const pong = await server.ask('ping');
  return server.messages.slice(sofar, server.messages.indexOf(pong));
}

const anError = (code: number, id?: string | number) => ({
  jsonrpc: '2.0',
  ...(id === undefined ? {} : { id }),
  error: { code, message: expect.stringMatching(/^(Parse error|Invalid request|Invalid params): \S/) },
});

describe('Bytes that are not a message', () => {
  const server = oneServerForAll();
  const texts: Readonly<Record<string, string | Uint8Array>> = {
    'a word': 'hello',
    'half an object': '{"jsonrpc":"2.0","id":1,"method":"ping"',
    'two messages on one line': '{"jsonrpc":"2.0","id":1,"method":"ping"}{"jsonrpc":"2.0","id":2,"method":"ping"}',
    'a header of another framing': 'Content-Length: 40',
    'a NUL': '\0',
    'a trailing comma': '{"jsonrpc":"2.0","id":1,"method":"ping",}',
    'bytes that are not UTF-8': Uint8Array.of(0x22, 0xff, 0x22),
    'a character cut in half': Uint8Array.of(0x22, 0xe2, 0x82, 0x22),
    'a surrogate in bytes': Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22),
    'an overlong slash': Uint8Array.of(0x22, 0xc0, 0xaf, 0x22),
    'a message in UTF-16': Buffer.from('{"jsonrpc":"2.0","id":1,"method":"ping"}', 'utf16le'),
    'a request whose text is not UTF-8': Buffer.concat([
      Buffer.from('{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"'),
      Uint8Array.of(0xff),
      Buffer.from('"}}'),
    ]),
  };
  for (const [what, text] of Object.entries(texts)) {
    it(`(${what}) are answered with one parse error that has no id`, async () => {
      expect(await answersTo(server(), text)).toEqual([anError(parseError)]);
    });
  }
});

describe('JSON that is not a message', () => {
  const server = oneServerForAll();
  const request = { jsonrpc: '2.0', id: 1, method: 'ping' };
  const withoutId: Readonly<Record<string, unknown>> = {
    'a string': 'ping',
    'a number': 1,
    null: null,
    true: true,
    'an empty batch': [],
    'a batch without a request': [{ jsonrpc: '2.0', method: 'notifications/initialized' }, 1],
    'a batch that is too long': Array.from({ length: 300 }, () => 1),
    'an empty object': {},
    'no jsonrpc and no id': { method: 'ping' },
    'an id that is null': { ...request, id: null },
    'an id that is a fraction': { ...request, id: 1.5 },
    'an id that is an object': { ...request, id: {} },
    'an id that is a list': { ...request, id: [1] },
    'an id that is true': { ...request, id: true },
    'an id above the safe integers': { ...request, id: 2 ** 53 },
    'an id with half of a character': { ...request, id: 'a\ud800' },
    'neither a method nor an id': { jsonrpc: '2.0' },
    'a method that is a number, and no id': { jsonrpc: '2.0', method: 1, params: {} },
    'an answer without an id': { jsonrpc: '2.0', result: {} },
  };
  for (const [what, value] of Object.entries(withoutId)) {
    it(`(${what}) is answered with one invalid request that has no id`, async () => {
      expect(await answersTo(server(), JSON.stringify(value))).toEqual([anError(invalidRequest)]);
    });
  }

  const withId: Readonly<Record<string, unknown>> = {
    'no jsonrpc': { id: 7, method: 'ping' },
    'jsonrpc 1.0': { ...request, jsonrpc: '1.0', id: 7 },
    'jsonrpc as a number': { ...request, jsonrpc: 2, id: 7 },
    'no method': { jsonrpc: '2.0', id: 7 },
    'a method that is null': { jsonrpc: '2.0', id: 7, method: null },
    'a method that is a list': { jsonrpc: '2.0', id: 7, method: ['ping'] },
    'a result that is not an object': { jsonrpc: '2.0', id: 7, result: 'done' },
    'an error without a code': { jsonrpc: '2.0', id: 7, error: { message: 'no' } },
  };
  for (const [what, value] of Object.entries(withId)) {
    it(`(${what}) is answered with one invalid request that has its id`, async () => {
      expect(await answersTo(server(), JSON.stringify(value))).toEqual([anError(invalidRequest, 7)]);
    });
  }

  it.each([0, ''])('is answered with its id also if the id is %j', async (id) => {
    expect(await answersTo(server(), JSON.stringify({ id, method: 'ping' }))).toEqual([anError(invalidRequest, id)]);
  });
});

describe('Params of the wrong shape', () => {
  const server = oneServerForAll();
  const clientInfo = { name: 'a-client', version: '1' };
  const good = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo };
  const wrong: Readonly<Record<string, readonly unknown[]>> = {
    initialize: [
      undefined,
      [],
      { ...good, protocolVersion: 1 },
      { ...good, capabilities: [] },
      { ...good, clientInfo: null },
      { ...good, clientInfo: { version: '1' } },
      { ...good, clientInfo: { name: 'a-client', version: 1 } },
    ],
    ping: [[], 'params', 1, { _meta: 1 }, { _meta: { progressToken: 1.5 } }, { _meta: { progressToken: null } }],
    'tools/list': [[], { cursor: 1 }, { _meta: [] }],
    'tools/call': [
      undefined,
      [],
      {},
      { name: 1 },
      { name: 'kitchen_status', arguments: [] },
      { name: 'kitchen_status', arguments: 'none' },
      { name: 'kitchen_status', _meta: { progressToken: {} } },
    ],
    'logging/setLevel': [undefined, [], {}, { level: 'loud' }, { level: 1 }],
    'no/such/method': [[], 'params'],
  };
  for (const [method, params] of Object.entries(wrong)) {
    it.each(params.map((value) => [JSON.stringify(value) ?? 'none', value]))(
      `of ${method} are answered with one invalid params that has the id: %s`,
      async (_, value) => {
        const line = JSON.stringify({ jsonrpc: '2.0', id: 'it', method, params: value });
        expect(await answersTo(server(), line)).toEqual([anError(invalidParams, 'it')]);
      },
    );
  }

  it('do not change the session: a correct initialize is answered afterwards', async () => {
    const server = spawnServer();
    await answersTo(server, JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} }));
    expect((await server.initialize()).result).toMatchObject({ serverInfo: { name: 'maitred' } });
    expect(listedNames(await server.ask('tools/list'))).toContain('open_kitchen');
  });
});

it('A call of an unknown tool is answered with the name of the tool that was probably meant', async () => {
  const server = spawnServer();
  await server.initialize();
  expect((await server.callTool('kitchen_statsu')).error).toEqual({
    code: invalidParams,
    message: 'Unknown tool: kitchen_statsu. Did you mean kitchen_status?',
  });
});

describe('A notification', () => {
  const notifications: Readonly<Record<string, JsonObject>> = {
    'with an unknown name': aNotification('notifications/no_such_thing', { a: 1 }),
    'with the name of a request': aNotification('tools/list'),
    'that calls a tool': aNotification('tools/call', { name: 'open_kitchen' }),
    'with the name initialize': aNotification('initialize'),
    'with a list for params': { jsonrpc: '2.0', method: 'notifications/initialized', params: [1, 2] },
    'with a bad _meta': aNotification('notifications/initialized', { _meta: 7 }),
    'that cancels nothing': aNotification('notifications/cancelled'),
    'that cancels an unknown request': aNotification('notifications/cancelled', { requestId: 'never' }),
    'that cancels with an object as id': aNotification('notifications/cancelled', {
      requestId: { a: 1 },
      reason: { b: 2 },
    }),
    'of progress under an unknown token': aNotification('notifications/progress', {
      progressToken: 1,
      progress: 'far',
    }),
    'with the name of a member of every object': aNotification('__proto__', {}),
  };
  for (const [what, notification] of Object.entries(notifications)) {
    it(`${what} is never answered, not even with an error`, async () => {
      const server = spawnServer();
      await server.initialize();
      expect(await answersTo(server, JSON.stringify(notification))).toEqual([]);
      await server.callTool('kitchen_status');
      expect(await answersTo(server, JSON.stringify(notification))).toEqual([]);
    });
  }
});

describe('A message that is too long', () => {
  const limitBytes = 8_192;
  const limited = () => spawnServer({ args: ['--set', `wire.max_message_mib=${limitBytes / 1_048_576}`] });
  /** A ping of this length, without its newline. */
  const aPingOf = (bytes: number): string => {
    const bare = JSON.stringify(aRequest('long', 'ping', { pad: '' }));
    return bare.replace('"pad":""', `"pad":"${'x'.repeat(bytes - bare.length)}"`);
  };

  it('is refused with the name of the setting, and the next message is served', async () => {
    const [answer, ...more] = await answersTo(limited(), aPingOf(limitBytes + 1));
    expect(answer).toEqual(anError(invalidRequest));
    const limit = `longer than ${limitBytes / 1_048_576} MiB (wire.max_message_mib)`;
    expect(answer?.error?.message).toContain(limit);
    expect(more).toEqual([]);
  });

  it('by 0 bytes is served', async () => {
    expect(await answersTo(limited(), aPingOf(limitBytes))).toEqual([{ jsonrpc: '2.0', id: 'long', result: {} }]);
  });

  it('by megabytes is refused once', async () => {
    expect(await answersTo(limited(), 'x'.repeat(5_000_000))).toEqual([anError(invalidRequest)]);
  });

  it('is refused only when its line ends', async () => {
    const server = limited();
    for (let chunk = 0; chunk < 5; chunk += 1) await server.write('x'.repeat(limitBytes));
    expect(await answersTo(server, 'x')).toEqual([anError(invalidRequest)]);
  });

  it('is refused also as the last line, without a newline', async () => {
    const server = limited();
    await server.write(aPingOf(limitBytes + 1));
    expect(await server.leave()).toEqual({ code: 0, signal: null });
    expect(server.messages).toEqual([anError(invalidRequest)]);
  });
});

describe('A request with the id of a pending request', () => {
  it('is refused, and the pending request is answered', async () => {
    const server = spawnServer();
    server.send(aToolCall(1, 'open_kitchen'), aToolCall(1, 'close_kitchen'), aToolCall(2, 'kitchen_status'));
    await server.answerTo(2);
    await server.leave();
    const answers = server.messages.filter(({ id }) => id === 1);
    expect(answers).toHaveLength(2);
    expect(answers).toContainEqual(anError(invalidRequest, 1));
    expect(answers).toContainEqual(expect.objectContaining({ result: expect.anything() }));
  });

  it('is served once the first request is answered', async () => {
    const server = spawnServer();
    server.send(aToolCall(1, 'open_kitchen'));
    await server.answerTo(1);
    server.send(aToolCall(1, 'close_kitchen'));
    await server.leave();
    expect(server.messages.filter(({ id }) => id === 1)).toEqual([
      expect.objectContaining({ result: expect.anything() }),
      expect.objectContaining({ result: expect.anything() }),
    ]);
  });
});

describe('Lines', () => {
  const anyServer = oneServerForAll();
  it.each(['', '   ', '\t', '\r'])('that are blank (%j) are ignored', async (line) => {
    expect(await answersTo(anyServer(), line)).toEqual([]);
  });

  it('may end with CRLF', async () => {
    const line = `${JSON.stringify(aRequest('crlf', 'ping'))}\r`;
    expect(await answersTo(anyServer(), line)).toEqual([{ jsonrpc: '2.0', id: 'crlf', result: {} }]);
  });

  it('may have space around the message', async () => {
    const line = ` \t${JSON.stringify(aRequest('space', 'ping'))}  `;
    expect(await answersTo(anyServer(), line)).toEqual([{ jsonrpc: '2.0', id: 'space', result: {} }]);
  });

  it('may begin with one byte order mark, before the first message only', async () => {
    const server = spawnServer();
    const bytes = Buffer.from(`\ufeff${linesOf([aRequest(1, 'ping')])}\ufeff${linesOf([aRequest(2, 'ping')])}`);
    for (const byte of bytes.subarray(0, 4)) await server.write(Uint8Array.of(byte));
    await server.write(bytes.subarray(4));
    await server.leave();
    expect(server.messages).toEqual([{ jsonrpc: '2.0', id: 1, result: {} }, anError(parseError)]);
  });

  it('may lack the newline after the last message', async () => {
    const server = spawnServer();
    await server.write(`${linesOf([aRequest(1, 'ping')])}${JSON.stringify(aRequest(2, 'ping'))}`);
    expect(await server.leave()).toEqual({ code: 0, signal: null });
    expect(server.messages.map(({ id }) => id)).toEqual([1, 2]);
  });

  it('of garbage do not affect the messages around them', async () => {
    const server = spawnServer();
    await server.write(`garbage\n${linesOf([aRequest(1, 'ping')])}[1]\n\n${linesOf([aRequest(2, 'ping')])}{}\n`);
    await server.answerTo(2);
    await server.leave();
    expect(server.messages.map(({ id, error }) => id ?? error?.code)).toEqual([
      parseError,
      1,
      invalidRequest,
      2,
      invalidRequest,
    ]);
  });
});
