import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/domain/json-object.ts';
import type { RequestId } from '../../src/domain/json-rpc.ts';
import { servePlainly } from '../fixtures/plain-server.ts';
import {
  aNotification,
  anInitialize,
  aRequest,
  aToolCall,
  aWorld,
  connectTo,
  linesOf,
  type Message,
  type SpawnedServer,
  spawnServer,
  type World,
} from '../support/spawned-server.ts';

const initialized = aNotification('notifications/initialized');
const handshake = [anInitialize('handshake'), initialized];
const manyOf = (count: number, make: (index: number) => JsonObject): JsonObject[] =>
  Array.from({ length: count }, (_, index) => make(index));

/**
 * The client waits here until everything is answered. A list requested while a call changes it is a race that may end differently
 * in the front and in the plain server.
 */
const untilAnswered: JsonObject = {};

/** What clients send. Each request has its own id. */
const sessions: Record<string, readonly JsonObject[]> = {
  'of an ordinary client': [
    ...handshake,
    aRequest(1, 'tools/list', {}),
    aToolCall(2, 'open_kitchen'),
    untilAnswered,
    aRequest(3, 'tools/list'),
    aToolCall(4, 'get_pipeline_report'),
    aToolCall(5, 'close_kitchen'),
    untilAnswered,
    aRequest(6, 'tools/list'),
    aRequest(7, 'ping'),
  ],
  'that opens and closes the kitchen twice': [
    ...handshake,
    aToolCall(1, 'open_kitchen'),
    aToolCall(2, 'open_kitchen', { name: null, overrides: null }),
    aToolCall(3, 'close_kitchen'),
    aToolCall(4, 'close_kitchen', {}),
  ],
  'of a client that ignores list_changed': [
    anInitialize(0, 'codex-mcp-client'),
    initialized,
    aRequest(1, 'tools/list'),
    aToolCall(2, 'get_pipeline_report'),
    aToolCall(3, 'open_kitchen'),
    aToolCall(4, 'get_pipeline_report', { clear: false }),
  ],
  'with tools that are unknown or hidden': [
    ...handshake,
    aToolCall(1, 'no_such_tool'),
    aToolCall(2, ''),
    aToolCall(3, 'get_pipeline_report'),
    aToolCall(4, '__proto__'),
    aToolCall(5, 'é€😀'),
  ],
  'with bad arguments': [
    ...handshake,
    aToolCall(1, 'open_kitchen', { name: 7 }),
    aToolCall(2, 'open_kitchen', { overrides: { a: 1, b: [] } }),
    aToolCall(3, 'open_kitchen', { name: 'é€😀 "quoted"\n' }),
    aToolCall(4, 'open_kitchen', { more: true }),
    aRequest(5, 'tools/call', { name: 'open_kitchen' }),
    aToolCall(6, 'get_pipeline_report', { clear: 'yes' }),
    aToolCall(7, 'open_kitchen', JSON.parse('{"__proto__": {"name": "x"}, "constructor": 1}') as JsonObject),
  ],
  'with methods that the server does not know': [
    ...handshake,
    ...[
      'no/such/method',
      '',
      'resources/list',
      'prompts/list',
      'resources/templates/list',
      'completion/complete',
      'tasks/list',
      'sampling/createMessage',
      'subscriptions/listen',
      'server/discover',
      'notifications/initialized',
    ].map((method, index) => aRequest(index, method, {})),
  ],
  'with methods that every object has': [
    ...handshake,
    ...['toString', 'constructor', 'valueOf', 'hasOwnProperty', '__proto__', '__defineGetter__'].map((method) =>
      aRequest(`id of ${method}`, method, {}),
    ),
  ],
  'with a cursor': [
    ...handshake,
    aRequest(1, 'tools/list', { cursor: 'zz' }),
    aRequest(2, 'tools/list', { cursor: '' }),
  ],
  'that sets the log level': [
    ...handshake,
    ...['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'].map((level) =>
      aRequest(level, 'logging/setLevel', { level }),
    ),
  ],
  'with pings': [
    aRequest(0, 'ping'),
    ...handshake,
    aRequest(1, 'ping'),
    aRequest(2, 'ping', {}),
    aRequest(3, 'ping', { a: 1 }),
  ],
  'with ids of every kind': [
    anInitialize(''),
    initialized,
    aRequest(0, 'ping'),
    aToolCall(-1, 'open_kitchen'),
    aToolCall('1', 'open_kitchen'),
    aToolCall(1, 'close_kitchen'),
    untilAnswered,
    aRequest(Number.MAX_SAFE_INTEGER, 'tools/list'),
    aRequest('é€😀"\\\u2028', 'no/such/method'),
    aToolCall('__proto__', 'close_kitchen'),
  ],
  'that sends requests before initialize': [
    aRequest(1, 'tools/list'),
    aToolCall(2, 'open_kitchen'),
    untilAnswered,
    aRequest(3, 'tools/list'),
    aRequest(4, 'no/such/method'),
    aRequest(5, 'logging/setLevel', { level: 'error' }),
    anInitialize(6),
    initialized,
    aRequest(7, 'tools/list'),
  ],
  'that initializes three times': [
    ...handshake,
    aToolCall(1, 'open_kitchen'),
    untilAnswered,
    anInitialize(2, 'codex-mcp-client', '2024-11-05'),
    initialized,
    aRequest(3, 'tools/list'),
    aToolCall(4, 'close_kitchen'),
    untilAnswered,
    aRequest(5, 'tools/list'),
    anInitialize(6, 'a-client', '1999-01-01'),
    aRequest(7, 'tools/list'),
  ],
  'with unknown members and notifications': [
    ...handshake,
    aRequest(1, 'tools/list', { _meta: { progressToken: 0, more: { than: 'that' } }, more: [1] }),
    aNotification('notifications/no_such_thing', { a: 1 }),
    aNotification('notifications/roots/list_changed'),
    aToolCall(2, 'open_kitchen', {}, 'a token'),
    aToolCall(3, 'close_kitchen', {}, 0),
  ],
  'with answers to requests that the server never sent': [
    ...handshake,
    { jsonrpc: '2.0', id: 99, result: {} },
    { jsonrpc: '2.0', id: 'x', error: { code: -1, message: 'no' } },
    aRequest(1, 'ping'),
  ],
  'of 200 calls at once': [
    ...handshake,
    ...manyOf(200, (index) => aToolCall(index, 'open_kitchen', index % 3 === 0 ? {} : { name: `dish ${index} é€😀` })),
    untilAnswered,
    aRequest('last', 'tools/list'),
  ],
};
for (const version of [...SUPPORTED_PROTOCOL_VERSIONS, '1999-01-01', '2026-07-28', '']) {
  sessions[`in protocol "${version}"`] = [
    anInitialize('handshake', 'a-client', version),
    initialized,
    aRequest(1, 'tools/list'),
    aToolCall(2, 'open_kitchen'),
  ];
}

const wholeSession = Number.MAX_SAFE_INTEGER;

interface ServerOutput {
  readonly answers: ReadonlyMap<unknown, readonly Message[]>;
  /** Their names, sorted. Progress is left out: the plain server has no tasks to wait for. */
  readonly notifications: readonly string[];
  readonly strayLines: readonly string[];
}

/** Sends a whole session. Returns what the server sent, once each request is answered and the server has exited. */
async function runSession(
  server: SpawnedServer,
  session: readonly JsonObject[],
  chunkBytes: number,
): Promise<ServerOutput> {
  for (let rest = session; rest.length > 0; ) {
    const pause = rest.indexOf(untilAnswered);
    const turn = pause < 0 ? rest : rest.slice(0, pause);
    rest = pause < 0 ? [] : rest.slice(pause + 1);
    const bytes = Buffer.from(linesOf(turn));
    for (let at = 0; at < bytes.length; at += chunkBytes) await server.write(bytes.subarray(at, at + chunkBytes));
    await Promise.all(idsOf(turn).map((id) => server.answerTo(id)));
  }
  await server.leave();
  const answers = new Map<unknown, Message[]>();
  const notifications: string[] = [];
  for (const message of server.messages.map(withoutPrefix)) {
    if (message.method === undefined) answers.set(message.id, [...(answers.get(message.id) ?? []), message]);
    else if (message.method !== 'notifications/progress') notifications.push(message.method);
  }
  return { answers, notifications: notifications.sort(), strayLines: server.strayLines };
}

/** The SDK's class of errors begins their texts with the code; ours leave without that. */
const withoutPrefix = ({ error, ...message }: Message): Message =>
  error === undefined
    ? message
    : { ...message, error: { ...error, message: error.message.replace(/^MCP error -\d+: /, '') } };

const idsOf = (session: readonly JsonObject[]): RequestId[] =>
  session.flatMap(({ id, method }) => (method !== undefined && id !== undefined ? [id as RequestId] : []));

/** As the build puts it into the program. */
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };

/** The plain server, in the process of the tests. */
async function aPlainServer(world: World): Promise<SpawnedServer> {
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  await servePlainly(streams, { version, projectDir: world.projectDir });
  return connectTo(
    {
      ...streams,
      kill: () => false,
      once: (_, listener) => streams.stdout.once('close', () => listener(0, null)),
    },
    world,
  );
}

describe('A session', () => {
  for (const [what, session] of Object.entries(sessions)) {
    it(`${what}, sent in one chunk or in chunks of 37 bytes, is answered as the plain SDK server answers it`, async () => {
      // The answer of open_kitchen names the project.
      const world = aWorld();
      const [plain, ...ours] = await Promise.all([
        runSession(await aPlainServer(world), session, wholeSession),
        runSession(spawnServer({ world }), session, wholeSession),
        runSession(spawnServer({ world }), session, 37),
      ]);
      expect([...plain.answers.values()].flat()).toHaveLength(idsOf(session).length);
      for (const output of ours) expect(output).toEqual(plain);
    });
  }
});
