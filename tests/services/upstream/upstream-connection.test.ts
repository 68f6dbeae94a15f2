import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/domain/app-error.ts';
import type { JsonRpcMessage } from '../../../src/domain/json-rpc.ts';
import type { MessageLine } from '../../../src/domain/message-line.ts';
import {
  openUpstreamConnection,
  type UpstreamConnectionOptions,
} from '../../../src/services/upstream/upstream-connection.ts';

const soon = { interval: 2 };
const never = new AbortController().signal;
const turn = () => new Promise((resolve) => setImmediate(resolve));

function aConnection(options: Partial<Pick<UpstreamConnectionOptions, 'whenRoom' | 'stdin'>> = {}) {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  const messages: JsonRpcMessage[] = [];
  const lines: (MessageLine | undefined)[] = [];
  const noise: { readonly text: string; readonly sizeBytes: number; readonly reason: string }[] = [];
  const faults: Fault[] = [];
  const connection = openUpstreamConnection({
    stdin,
    stdout,
    whenRoom: () => null,
    onMessage(message, line) {
      messages.push(message);
      lines.push(line);
    },
    onNoise: ({ readText, ...line }) => noise.push({ ...line, text: readText() }),
    onBroken: (fault) => faults.push(fault),
    ...options,
  });
  const written = () => String(stdin.read() ?? '');
  return { connection, stdin, stdout, messages, lines, noise, faults, written };
}

describe('A request of our own to a wrapped server', () => {
  it('has a whole number as its id that no client uses, and its answer does not reach the client', async () => {
    const { connection, stdout, messages, written } = aConnection();
    const answer = connection.request('tools/list', { cursor: 'x' }, never);
    await turn();
    expect(written()).toBe('{"jsonrpc":"2.0","id":1000000000,"method":"tools/list","params":{"cursor":"x"}}\n');
    stdout.write('{"jsonrpc":"2.0","id":1,"result":{}}\n{"jsonrpc":"2.0","id":1000000000,"result":{"tools":[]}}\n');
    expect(await answer).toEqual({ tools: [] });
    expect(messages).toEqual([{ jsonrpc: '2.0', id: 1, result: {} }]);
  });

  it('that is refused fails with the code and the words of the server', async () => {
    const { connection, stdout } = aConnection();
    const answer = connection.request('tools/list', {}, never);
    stdout.write('{"jsonrpc":"2.0","id":1000000000,"error":{"code":-32601,"message":"Unknown."}}\n');
    await expect(answer).rejects.toMatchObject({
      code: 'process_failed',
      message: 'the server answered tools/list with the error -32601',
      details: { output: 'Unknown.' },
    });
  });

  it('that is aborted fails at once, also before it is written', async () => {
    const { connection, written } = aConnection();
    const asking = new AbortController();
    const answer = connection.request('tools/list', {}, asking.signal);
    asking.abort(new Error('the life has ended'));
    await expect(answer).rejects.toThrow('the life has ended');
    expect(written()).not.toBe('');
    await expect(connection.request('tools/list', {}, asking.signal)).rejects.toThrow('the life has ended');
    expect(written()).toBe('');
  });

  it('that is aborted may be answered later: that reaches nobody', async () => {
    const { connection, stdout, messages, noise } = aConnection();
    const asking = new AbortController();
    const answer = connection.request('tools/list', {}, asking.signal);
    asking.abort(new Error('the time is up'));
    await expect(answer).rejects.toThrow('the time is up');
    stdout.write('{"jsonrpc":"2.0","id":1000000000,"result":{}}\n{"jsonrpc":"2.0","id":1,"result":{}}\n');
    await expect.poll(() => messages, soon).toEqual([{ jsonrpc: '2.0', id: 1, result: {} }]);
    expect(noise).toEqual([]);
  });
});

describe('What a wrapped server sends', () => {
  it('reaches the client with the line that it came as', async () => {
    const { stdout, messages, lines } = aConnection();
    const text = '{"result": {"n":1.0} , "jsonrpc":"2.0","id":7}';
    stdout.end(text);
    await expect.poll(() => messages, soon).toEqual([{ jsonrpc: '2.0', id: 7, result: { n: 1 } }]);
    expect(lines).toEqual([{ text, id: 7 }]);
  });

  it('may come as a batch', async () => {
    const { connection, stdout, messages } = aConnection();
    const answer = connection.request('ping', {}, never);
    stdout.write('[{"jsonrpc":"2.0","id":1,"result":{}},7,{"jsonrpc":"2.0","id":1000000000,"result":{"n":2}}]\n');
    expect(await answer).toEqual({ n: 2 });
    expect(messages).toEqual([{ jsonrpc: '2.0', id: 1, result: {} }]);
  });

  it('may have bytes that are not UTF-8, as for a client that does not check', async () => {
    const { stdout, messages, noise } = aConnection();
    const [before, after] = ['{"jsonrpc":"2.0","id":1,"result":{"text":"a', 'b"}}\n'];
    stdout.write(Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from(after)]));
    await expect.poll(() => messages, soon).toEqual([{ jsonrpc: '2.0', id: 1, result: { text: 'a\ufffdb' } }]);
    expect(noise).toMatchObject([{ reason: 'bytes that are not UTF-8' }]);
  });

  it.each([
    ['an answer without a result', '{"jsonrpc":"2.0","id":5}'],
    ['a result that is not an object', '{"jsonrpc":"2.0","id":5,"result":[1]}'],
    ['an answer of another protocol', '{"id":5,"result":{}}'],
  ])('and is %s answers the request with an error, so that it does not wait', async (_, line) => {
    const { stdout, messages, noise } = aConnection();
    stdout.write(`${line}\n`);
    await expect.poll(() => messages, soon).toMatchObject([{ id: 5, error: { code: -32603 } }]);
    expect(noise).toMatchObject([{ text: line, sizeBytes: line.length }]);
  });

  it('and is a request with bad params answers no request of the client', async () => {
    const { stdout, messages, noise } = aConnection();
    stdout.write('{"jsonrpc":"2.0","id":5,"method":"roots/list","params":[1]}\n');
    await expect.poll(() => noise, soon).toHaveLength(1);
    expect(messages).toEqual([]);
  });

  it('and is not a message is noise, of which the log gets the beginning', async () => {
    const { stdout, messages, noise } = aConnection();
    stdout.write(`${'x'.repeat(90_000)}\n\n \n`);
    await expect.poll(() => noise, soon).toMatchObject([{ text: 'x'.repeat(16_384), sizeBytes: 90_000 }]);
    expect(messages).toEqual([]);
  });

  it('and does not begin as a message is not read, but counted: what is logged of it is decoded', async () => {
    const { stdout, messages, noise } = aConnection();
    const lines = ['y', '7', '"[]"', Buffer.from([0xff, 0x7b]), '\t {"jsonrpc":"2.0","id":1,"result":{}}\r'];
    for (const line of lines) stdout.write(Buffer.concat([Buffer.from(line), Buffer.from('\n')]));
    await expect.poll(() => messages, soon).toHaveLength(1);
    expect(noise.map(({ text }) => text)).toEqual(['y', '7', '"[]"', '\ufffd{']);
    expect(new Set(noise.map(({ reason }) => reason))).toEqual(new Set(['neither a JSON object nor an array']));
  });

  it('waits a turn behind noise, so that noise without end leaves time for other events', async () => {
    const { stdout, messages, noise } = aConnection();
    await turn();
    const otherEvent = turn();
    stdout.write('y\n');
    stdout.write('{"jsonrpc":"2.0","id":1,"result":{}}\n');
    await otherEvent;
    expect(noise).toHaveLength(1);
    expect(messages).toEqual([]);
    await expect.poll(() => messages, soon).toHaveLength(1);
  });

  it('is read only while the client has room for it', async () => {
    let onRoom: () => void = () => undefined;
    const rooms: (Promise<void> | null)[] = [
      new Promise((resolve) => {
        onRoom = resolve;
      }),
    ];
    const { stdout, messages } = aConnection({ whenRoom: () => rooms.shift() ?? null });
    const say = (id: number) => stdout.write(`{"jsonrpc":"2.0","id":${id},"result":{}}\n`);
    say(1);
    await expect.poll(() => messages, soon).toHaveLength(1);
    say(2);
    await turn();
    expect(messages).toHaveLength(1);
    onRoom();
    await expect.poll(() => messages, soon).toHaveLength(2);
  });
});

describe('The pipes to a wrapped server are broken, once,', () => {
  it('when it closes its output', async () => {
    const { stdout, stdin, faults } = aConnection();
    stdout.end();
    await expect.poll(() => faults, soon).toMatchObject([{ message: 'the command closed its output' }]);
    stdin.destroy();
    await turn();
    expect(faults).toHaveLength(1);
  });

  it('when it closes its input; our end of it is not a break, and what is sent then is dropped', async () => {
    const broken = aConnection();
    broken.stdin.destroy();
    await expect.poll(() => broken.faults, soon).toMatchObject([{ message: 'the command closed its input' }]);
    const ended = aConnection();
    ended.connection.end();
    ended.connection.end();
    ended.connection.notify('notifications/initialized');
    ended.stdin.resume();
    await new Promise((resolve) => ended.stdin.once('close', resolve));
    expect(ended.faults).toEqual([]);
  });

  it('when more than 64 MiB wait for it to read', () => {
    const { connection, faults } = aConnection({ stdin: new Writable({ write: () => undefined }) });
    const send = (sizeBytes: number) =>
      connection.send({ jsonrpc: '2.0', method: 'x', params: { text: 'x'.repeat(sizeBytes) } }, undefined);
    send(63 * 1_024 ** 2);
    expect(faults).toEqual([]);
    send(1_024 ** 2);
    expect(faults).toMatchObject([
      { message: expect.stringMatching(/^the command does not read its input: \d+ bytes/) },
    ]);
  });
});
