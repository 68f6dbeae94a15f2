import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import type { JsonObject } from '../../src/domain/json-object.ts';
import {
  aNotification,
  anInitialize,
  aRequest,
  aToolCall,
  type Message,
  oneServerForAll,
  outputOf,
  textOf,
} from '../support/spawned-server.ts';
import { fixtureServer, spawnWrapped } from '../support/wrapped-server.ts';

const dir = mkdtempSync(join(tmpdir(), 'maitred-test-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const recordFile = join(dir, 'record');

/** What the client answers to requests of the server. */
const clientAnswers: Readonly<Record<string, JsonObject>> = {
  'sampling/createMessage': { result: { model: 'm', content: { type: 'text', text: 'sampled' } } },
  'elicitation/create': { result: { action: 'accept', content: { age: 7 } } },
  'roots/list': { result: { roots: [{ uri: 'file:///a' }] } },
  'x/refused': { error: { code: -32601, message: 'no such method', data: { why: 'a reason' } } },
};

const front = oneServerForAll({
  script: join(inject('programDir'), 'maitred.js'),
  args: ['wrap', '--', ...fixtureServer('--record', recordFile)],
  onRequest: ({ method = '' }) => clientAnswers[method] ?? null,
});

const call = (name: string, args: JsonObject = {}) => front().callTool(name, args);
/** Lets the server write bytes of any kind to its stdout. */
const write = (bytes: string | Buffer) => call('write', { base64: Buffer.from(bytes).toString('base64') });
const notificationsOf = (method: string) => front().messages.filter((message) => message.method === method);
const answersTo = (id: string) => front().messages.filter((message) => message.id === id && !('method' in message));

describe('Through wrap', () => {
  it('a client gets the answers of the server to what it asks', async () => {
    expect(await front().initialize()).toMatchObject({
      result: { serverInfo: { name: 'fixture-server' }, instructions: 'How to use fixture-server.' },
    });
    expect(outputOf(await call('handshake'))).toEqual(anInitialize('initialize').params);
    expect(await front().ask('prompts/get', { name: 'a-prompt' })).toMatchObject({ result: { messages: [{}] } });
    expect(await front().ask('resources/read', { uri: 'fixture://one' })).toMatchObject({ result: { contents: [{}] } });
    expect(await front().ask('completion/complete', { argument: { value: 'v' } })).toMatchObject({
      result: { completion: { values: ['v-completed'] } },
    });
    expect((await call('fail')).result?.isError).toBe(true);
    expect(await call('reject', { code: -7, data: [1] })).toMatchObject({ error: { code: -7, data: [1] } });
    expect(await front().ask('server/discover')).toMatchObject({ error: { code: -32601 } });
  });

  it('the server gets the answers of the client to what it asks, under its own ids', async () => {
    const asked = async (method: string): Promise<JsonObject> => outputOf(await call('ask', { method }));
    for (const [method, answer] of Object.entries(clientAnswers))
      expect(await asked(method)).toMatchObject({ ...answer, id: expect.stringMatching(/^from-server-/) });
  });

  it('log messages, progress and changes of resources reach the client', async () => {
    await front().ask('logging/setLevel', { level: 'error' });
    await front().ask('resources/subscribe', { uri: 'fixture://one' });
    await call('log', { level: 'info', data: 'not wanted' });
    await call('log', { level: 'error', data: 'wanted' });
    await call('touch', { uri: 'fixture://one' });
    front().send(aToolCall('with-progress', 'progress', { steps: 2 }, 'token'));
    await front().answerTo('with-progress');
    const dataOf = ({ params }: Message) => params?.data;
    expect(notificationsOf('notifications/message').map(dataOf)).toEqual(['wanted']);
    expect(notificationsOf('notifications/resources/updated')).toMatchObject([{ params: { uri: 'fixture://one' } }]);
    expect(notificationsOf('notifications/progress').map(({ params }) => params)).toEqual([
      { progressToken: 'token', progress: 1, total: 2 },
      { progressToken: 'token', progress: 2, total: 2 },
    ]);
  });

  it('what nobody knows passes byte for byte, in both directions', async () => {
    const odd = '"params":{"n":12345678901234567890,"f":1.0,"e":1E2,"u":"\\u00e9"}, "x" : [1.50]}';
    const notification = `{"jsonrpc":"2.0","method":"x/any",${odd}`;
    const requestWith = (id: string) => `{"id":${id},"jsonrpc":"2.0","method":"x/unknown",${odd}`;
    await front().write(`${notification}\n${requestWith('"odd"')}\n`);
    expect(await front().answerTo('odd')).toMatchObject({ error: { code: -32601 } });
    const received = readFileSync(recordFile, 'utf8').trim().split('\n').slice(-2);
    const [, id = ''] = /^{"id":(\d+),/.exec(received[1] ?? '') ?? [];
    expect(received).toEqual([notification, requestWith(id)]);
    await write(`${notification}\n`);
    expect(front().lines).toContain(notification);
  });

  it('a running call that is cancelled stops, and gets no answer', async () => {
    front().send(aToolCall('unwanted', 'progress', { steps: 1_000, ms: 5 }, 'unwanted'));
    const isProgress = ({ params }: Message) => params?.progressToken === 'unwanted';
    await front().waitFor('progress', isProgress);
    front().send(aNotification('notifications/cancelled', { requestId: 'unwanted', reason: 'enough' }));
    await expect.poll(() => readFileSync(recordFile, 'utf8')).toContain('"reason":"enough"');
    await call('slow', { ms: 10 });
    const { length } = front().messages.filter(isProgress);
    await call('slow', { ms: 50 });
    expect(front().messages.filter(isProgress)).toHaveLength(length);
    expect(answersTo('unwanted')).toEqual([]);
  });

  it('answers stay right whatever else the server writes', async () => {
    const answer = (id: string, text: string) =>
      `{"jsonrpc":"2.0","id":${id},"result":{"content":[{"type":"text","text":"${text}"}]}}`;
    front().send(aToolCall('disturbed', 'slow', { ms: 100 }));
    await write('Loading…\n\n{"level":"info"}\n[]\n{"jsonrpc":"2.0","id":{}}\nnull\n"text"\n');
    await write(`${answer('"never-asked"', 'x')}\n${answer('1', 'x')}\n${answer('99999', 'x')}\n`);
    await write(`[${answer('"never-asked"', 'x')},{"jsonrpc":"2.0","method":"x/in-batch"}]\n`);
    await write(
      Buffer.concat([Buffer.from('{"jsonrpc":"2.0","method":"x/broken'), Buffer.of(0xff), Buffer.from('"}\n')]),
    );
    await write(`${'x'.repeat(3_000_000)}\n`);
    expect(textOf(await front().answerTo('disturbed'))).toBe('after 100 ms');
    expect(notificationsOf('x/in-batch')).toHaveLength(1);
    expect(notificationsOf('x/broken\ufffd')).toHaveLength(1);
    expect(textOf(await call('echo', { text: 'still there' }))).toBe('still there');
    const ids = front().messages.flatMap((message) => ('method' in message ? [] : [message.id]));
    expect(new Set(ids).size).toBe(ids.length);
    expect(front().strayLines).toEqual([]);
    expect(front().stderr).toContain('"upstream_noise"');
  });

  it('lines that are not messages never keep a call waiting for long, and are not all logged', async () => {
    await write('noise\n'.repeat(20_000));
    expect(textOf(await call('echo', { text: 'at once' }))).toBe('at once');
    expect(front().stderr).toContain('"upstream_noise_left_out"');
    expect(front().stderr.split('"text":"noise"').length).toBeLessThan(1_000);
  });

  it('a client that introduces itself a second time is answered, and served as before', async () => {
    front().send(anInitialize('second'));
    expect(await front().answerTo('second')).toMatchObject({ result: { serverInfo: { name: 'fixture-server' } } });
    front().send(aRequest('after', 'tools/call', { name: 'echo', arguments: { text: 'after' } }));
    expect(textOf(await front().answerTo('after'))).toBe('after');
  });

  it('the server reaches a client that never says that it is initialized', async () => {
    const server = spawnWrapped({ command: fixtureServer(), onRequest: () => ({ result: { roots: [] } }) });
    server.send(anInitialize('initialize'), aToolCall('asking', 'ask', { method: 'roots/list' }));
    expect(outputOf(await server.answerTo('asking'))).toMatchObject({ result: { roots: [] } });
  });
});
