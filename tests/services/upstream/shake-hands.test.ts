import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { AppError } from '../../../src/domain/app-error.ts';
import type { JsonObject } from '../../../src/domain/json-object.ts';
import { type LogRecord, logThrough } from '../../../src/domain/log-record.ts';
import { shakeHands } from '../../../src/services/upstream/shake-hands.ts';

const item = (name: string) => ({ name });

/** @param answer what the server says to a method, with these params */
function aServer(
  answer: (method: string, params: JsonObject, signal: AbortSignal) => JsonObject | Promise<JsonObject>,
) {
  const asked: string[] = [];
  const logged: LogRecord[] = [];
  const controller = new AbortController();
  const connection = {
    async request(method: string, params: JsonObject, signal: AbortSignal) {
      asked.push(method);
      return answer(method, params, signal);
    },
    notify: (method: string) => void asked.push(method),
  };
  const shake = () =>
    shakeHands(
      connection,
      { clientInfo: {} },
      {
        log: logThrough((record) => logged.push(record)),
        signal: controller.signal,
        onInitialized: () => void asked.push('client initialized'),
      },
    );
  return { asked, logged, controller, shake };
}

const withCapabilities = (capabilities: JsonObject) => ({ protocolVersion: '2025-11-25', capabilities });

describe('Shaking hands with a wrapped server', () => {
  it('leaves out a list that is nested so deeply that it can be neither compared nor kept', async () => {
    const deep: unknown = JSON.parse(`${'['.repeat(3_000)}${']'.repeat(3_000)}`);
    const { shake } = aServer((method) =>
      method === 'initialize' ? withCapabilities({ tools: {} }) : { tools: [{ ...item('t'), inputSchema: { deep } }] },
    );
    expect((await shake()).lists).toEqual({});
  });

  it('reads the lists that it has, and no others; resources have two', async () => {
    const { asked, shake } = aServer((method) =>
      method === 'initialize'
        ? withCapabilities({ resources: { subscribe: true }, logging: {} })
        : { resources: [item('r')], resourceTemplates: [] },
    );
    expect(await shake()).toEqual({
      initialize: withCapabilities({ resources: { subscribe: true }, logging: {} }),
      lists: { resources: [item('r')], resourceTemplates: [] },
    });
    expect(asked).toEqual([
      'initialize',
      'client initialized',
      'notifications/initialized',
      'resources/list',
      'resources/templates/list',
    ]);
  });

  it.each([
    ['protocolVersion', { capabilities: {} }],
    ['capabilities', { protocolVersion: '2025-11-25', capabilities: [] }],
  ])('fails without %s in its answer to initialize', async (_, answer) => {
    const { asked, shake } = aServer(() => answer);
    await expect(shake()).rejects.toMatchObject({
      code: 'process_failed',
      message: expect.stringContaining('initialize'),
    });
    expect(asked).toEqual(['initialize']);
  });

  it.each<[string, string, number, (cursor: unknown) => JsonObject]>([
    ['come again', 'the pages of tools/list do not end', 2, () => ({ tools: [item('a')], nextCursor: 'again' })],
    [
      'never end',
      'the pages of tools/list do not end',
      1_001,
      (cursor) => ({ tools: [], nextCursor: String(Number(cursor ?? 0) + 1) }),
    ],
    [
      'hold more than anybody reads',
      'the pages of tools/list do not end',
      2,
      (cursor) => ({ tools: Array(60_000).fill(item('a')), nextCursor: String(Number(cursor ?? 0) + 1) }),
    ],
    ['hold no list', 'the answer of the server to tools/list has no list of tools', 1, () => ({ tools: 'none' })],
  ])('leaves a list out whose pages %s, and the log says why', async (_, error, pages, page) => {
    const { asked, logged, shake } = aServer((method, { cursor }) =>
      method === 'initialize'
        ? withCapabilities({ tools: {}, prompts: {} })
        : method === 'tools/list'
          ? page(cursor)
          : { prompts: [] },
    );
    expect((await shake()).lists).toEqual({ prompts: [] });
    expect(logged).toMatchObject([{ event: 'list_refused', fields: { method: 'tools/list', error } }]);
    expect(asked.filter((method) => method === 'tools/list')).toHaveLength(pages);
  });

  it.each([null, ''])(
    'leaves out items that are not objects, and takes a cursor of %j for none',
    async (nextCursor) => {
      const { shake } = aServer((method) =>
        method === 'initialize' ? withCapabilities({ tools: {} }) : { tools: [item('a'), 7, null], nextCursor },
      );
      expect((await shake()).lists).toEqual({ tools: [item('a')] });
    },
  );

  it('asks for all lists at once, and leaves out those but tools that do not come within 5 s', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const pages = new Map<string, (page: JsonObject) => void>();
    const { logged, shake } = aServer((method, _, signal) => {
      if (method === 'initialize') return withCapabilities({ tools: {}, prompts: {}, resources: {} });
      return new Promise((resolve, reject) => {
        pages.set(method, resolve);
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    });
    const shaken = shake();
    await expect.poll(() => [...pages.keys()]).toHaveLength(4);
    pages.get('prompts/list')?.({ prompts: [item('p')] });
    await vi.advanceTimersByTimeAsync(4_999);
    expect(logged).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_000);
    pages.get('tools/list')?.({ tools: [item('t')] });
    expect((await shaken).lists).toEqual({ tools: [item('t')], prompts: [item('p')] });
    const left = (method: string) => ({
      event: 'list_refused',
      fields: { method, error: `the server did not answer ${method} within 5 s` },
    });
    expect(logged).toMatchObject([left('resources/list'), left('resources/templates/list')]);
  });

  it('that is aborted leaves no list out, but fails', async () => {
    const { controller, logged, shake } = aServer((method) => {
      if (method === 'initialize') return withCapabilities({ tools: {} });
      controller.abort(new Error('the life has ended'));
      throw new AppError('process_failed', 'refused');
    });
    await expect(shake()).rejects.toThrow('the life has ended');
    expect(logged).toEqual([]);
  });
});
