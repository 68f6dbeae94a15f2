import { expect, it } from 'vitest';
import { AppError } from '../../../src/domain/app-error.ts';
import type { JsonObject } from '../../../src/domain/json-object.ts';
import { type LogRecord, logThrough } from '../../../src/domain/log-record.ts';
import { createClientRequests } from '../../../src/services/upstream/client-requests.ts';

function someClientRequests(...messages: readonly (readonly [method: string, params: JsonObject])[]) {
  const logged: LogRecord[] = [];
  const requests = createClientRequests(logThrough((record) => logged.push(record)));
  for (const [method, params] of messages) requests.note({ jsonrpc: '2.0', id: 1, method, params });
  requests.note({ jsonrpc: '2.0', id: 1, result: {} });
  requests.note({ jsonrpc: '2.0', method: 'notifications/initialized' });
  return { requests, logged };
}

it('A server that takes the place of another is asked for the last level of the log, then for what is still watched', async () => {
  const { requests } = someClientRequests(
    ['resources/subscribe', { uri: 'a:/1' }],
    ['resources/subscribe', { uri: 'a:/2', _meta: {} }],
    ['logging/setLevel', { level: 'error' }],
    ['resources/unsubscribe', { uri: 'a:/1' }],
    ['logging/setLevel', { level: 'debug' }],
    ['tools/call', { name: 'add' }],
  );
  const asked: unknown[] = [];
  const request = async (method: string, params: JsonObject) => {
    asked.push([method, params]);
    return {};
  };
  await requests.repeat({ request }, new AbortController().signal);
  expect(asked).toEqual([
    ['logging/setLevel', { level: 'debug' }],
    ['resources/subscribe', { uri: 'a:/2', _meta: {} }],
  ]);
});

it('What such a server refuses is logged, and it is asked for the rest; its end ends the asking', async () => {
  const { requests, logged } = someClientRequests(
    ['resources/subscribe', { uri: 'a:/1' }],
    ['resources/subscribe', { uri: 'a:/2' }],
    ['resources/subscribe', { uri: 'a:/3' }],
  );
  const life = new AbortController();
  const asked: unknown[] = [];
  const request = async (_: string, { uri }: JsonObject): Promise<JsonObject> => {
    asked.push(uri);
    if (uri === 'a:/2') life.abort(new Error('the life has ended'));
    throw new AppError('process_failed', 'there is no such resource');
  };
  await expect(requests.repeat({ request }, life.signal)).rejects.toThrow('the life has ended');
  expect(asked).toEqual(['a:/1', 'a:/2']);
  expect(logged).toMatchObject([
    {
      event: 'repeated_request_refused',
      fields: { method: 'resources/subscribe', error: 'there is no such resource' },
    },
  ]);
});
