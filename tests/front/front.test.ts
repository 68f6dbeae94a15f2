import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Fault } from '../../src/domain/app-error.ts';
import type { JsonRpcMessage } from '../../src/domain/json-rpc.ts';
import type { Backend } from '../../src/front/backend-port.ts';
import { type MethodWithChecks, methodsWithChecks } from '../../src/front/params.ts';
import { frontOnStreams, settled } from '../doubles/front.ts';

const tools = [{ name: 'brew', needs: [], json: '{"name":"brew"}' }];
const never = new AbortController().signal;
/** A front of somebody else's server, whose tasks are all done. */
function aFront({
  maxInFlight = 64,
  fault = null as Fault | null,
  isListed = (): boolean => true,
  onBackendNeeded = () => {},
  checkedMethods = methodsWithChecks as readonly MethodWithChecks[],
} = {}) {
  const { front, stdin, stdout } = frontOnStreams({
    taskStatus: 'done',
    tools,
    isListed,
    checkedMethods,
    maxInFlight,
    fault,
    onBackendNeeded,
  });
  /** An object, or the array of a batch. */
  const answers: Readonly<Record<string, unknown>>[] = [];
  let written = '';
  stdout.on('data', (chunk: Buffer) => {
    written += chunk;
    for (const line of chunk.toString().trim().split('\n')) answers.push(JSON.parse(line));
  });
  const send = (...messages: object[]) => {
    for (const message of messages) stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  };
  const sendBatch = (...messages: unknown[]) =>
    stdin.write(
      `${JSON.stringify(messages.map((each) => (each instanceof Object ? { jsonrpc: '2.0', ...each } : each)))}\n`,
    );
  return { front, send, sendBatch, answers, stdoutText: () => written };
}

const introduction = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'a', version: '1' } };
const call = (id: number) => ({ id, method: 'tools/call', params: { name: 'brew', arguments: {} } });
const textOf = (answer: unknown) => JSON.stringify(answer);

/** A server that follows MCP: it does not answer what has been cancelled. */
function aServer(): Backend & { readonly received: JsonRpcMessage[] } {
  const received: JsonRpcMessage[] = [];
  return {
    answersCancelled: false,
    isInitialized: false,
    acquiresSlots: true,
    received,
    receive: (message) => void received.push(message),
  };
}

describe("A front before somebody else's server", () => {
  it('lists its tools, and keeps a call until there is a server', async () => {
    const { front, send, answers } = aFront();
    send({ id: 1, method: 'tools/list' }, call(2));
    await settled();
    expect(answers).toEqual([{ jsonrpc: '2.0', id: 1, result: { tools: [{ name: 'brew' }] } }]);
    const server = aServer();
    const connection = front.connect(server);
    connection.attach();
    const [asked] = server.received;
    connection.send({
      jsonrpc: '2.0',
      id: asked !== undefined && 'id' in asked ? asked.id : '',
      result: { content: [] },
    });
    await settled();
    expect(answers.at(-1)).toEqual({ jsonrpc: '2.0', id: 2, result: { content: [] } });
  });

  it('needs its server a second after the introduction of a client that does not ask for the list', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const onBackendNeeded = vi.fn();
    const { send, answers } = aFront({ onBackendNeeded });
    send({ id: 1, method: 'initialize', params: introduction });
    await settled();
    expect(answers).toHaveLength(1);
    vi.advanceTimersByTime(999);
    expect(onBackendNeeded).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onBackendNeeded).toHaveBeenCalledTimes(1);
  });

  it('needs its server 50 ms after it has opened, if the client says nothing', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const onBackendNeeded = vi.fn();
    aFront({ onBackendNeeded });
    vi.advanceTimersByTime(49);
    expect(onBackendNeeded).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onBackendNeeded).toHaveBeenCalledTimes(1);
  });

  it('needs its server as soon as the list has been answered', async () => {
    const onBackendNeeded = vi.fn();
    const { send } = aFront({ onBackendNeeded });
    send({ id: 1, method: 'tools/list' });
    await settled();
    expect(onBackendNeeded).toHaveBeenCalledTimes(1);
  });

  it('lists what is for the client that has introduced itself, also to one that asked before', async () => {
    let isListed = false;
    const { send, answers } = aFront({ isListed: () => isListed });
    send({ id: 1, method: 'tools/list' });
    await settled();
    isListed = true;
    send({ id: 2, method: 'initialize', params: introduction }, { id: 3, method: 'tools/list' });
    await settled();
    expect(answers.map(({ result }) => result)).toEqual([
      { tools: [] },
      expect.anything(),
      { tools: [{ name: 'brew' }] },
    ]);
  });

  it('answers the calls that a server has not answered when it goes, and runs none that waits for a slot', async () => {
    const { front, send, answers } = aFront({ maxInFlight: 1 });
    const server = aServer();
    const connection = front.connect(server);
    connection.attach();
    send(call(1), call(2));
    await settled();
    const pending = [1, 2].flatMap((id) => front.calls.get(id) ?? []);
    const [first, second] = pending.map((each) => front.calls.acquireSlot(each));
    expect(first).toBeNull();
    const refused = expect(second).rejects.toMatchObject({ code: 'unavailable' });
    connection.detach({ code: 'unavailable', message: 'It has ended. The call may have had effects.' });
    await refused;
    await settled();
    expect(pending.map(({ signal }) => signal.aborted)).toEqual([true, true]);
    expect(answers.map(({ id }) => id)).toEqual([1, 2]);
    expect(textOf(answers)).toContain('may have had effects');
  });

  it('drains without the answers of a server that does not give them', async () => {
    const { front, send, answers } = aFront();
    const server = aServer();
    front.connect(server).attach();
    send(call(1));
    await settled();
    const fault: Fault = { code: 'unavailable', message: 'shutting down' };
    await front.drain({ finishMs: 0, keepsWaiting: () => false, fault }, never);
    expect(textOf(answers)).toContain('shutting down');
    expect(server.received.at(-1)).toMatchObject({
      method: 'notifications/cancelled',
      params: { reason: 'shutting down' },
    });
  });

  it('keeps no notification for a server that cannot work', async () => {
    const { front, send } = aFront({ fault: { code: 'invalid_input', message: 'bad configuration' } });
    send({ method: 'notifications/roots/list_changed' });
    await settled();
    const server = aServer();
    front.connect(server).attach();
    expect(server.received).toEqual([]);
  });

  it('takes params that are null for none, in every message', async () => {
    const { front, send, answers } = aFront();
    const server = aServer();
    front.connect(server).attach();
    send({ id: 1, method: 'ping', params: null }, { id: 2, method: 'tools/list', params: null });
    send({ id: 3, method: 'no/such/method', params: null }, { method: 'notifications/progress', params: null });
    send({ id: 4, method: 'tools/call', params: null });
    await settled();
    expect(answers).toMatchObject([
      { id: 1, result: {} },
      { id: 2, result: { tools: [{ name: 'brew' }] } },
      { id: 4, error: { code: -32602, message: 'Invalid params: "name" must be a string' } },
    ]);
    expect(server.received).toEqual([
      { jsonrpc: '2.0', id: expect.any(Number), method: 'no/such/method' },
      { jsonrpc: '2.0', method: 'notifications/progress' },
    ]);
  });

  it('takes null for none where MCP lets a member of params be left out', async () => {
    const { front, send, answers } = aFront();
    const server = aServer();
    front.connect(server).attach();
    send({ id: 1, method: 'tools/list', params: { cursor: null, _meta: null } });
    send({ id: 2, method: 'tools/call', params: { name: null } });
    send({ id: 3, method: 'tools/call', params: { name: 'brew', arguments: null } });
    send({ method: 'no/such/notification', params: { choice: null } });
    await settled();
    expect(answers).toMatchObject([
      { id: 1, result: { tools: [{ name: 'brew' }] } },
      { id: 2, error: { code: -32602, message: 'Invalid params: "name" must be a string' } },
    ]);
    expect(server.received).toEqual([
      { jsonrpc: '2.0', id: expect.any(Number), method: 'tools/call', params: { name: 'brew' } },
      { jsonrpc: '2.0', method: 'no/such/notification', params: { choice: null } },
    ]);
  });

  it('sends no half of a character, and no line end of JavaScript, whatever the server answers', async () => {
    const { front, send, stdoutText } = aFront();
    const server = aServer();
    const connection = front.connect(server);
    connection.attach();
    send({ id: 'é\u2028', method: 'no/such/method', params: { text: '\ud800' } });
    await settled();
    connection.send({ jsonrpc: '2.0', id: 1, result: { '\udfff': ['a\ud800\u2029'] } });
    await settled();
    expect(stdoutText()).toBe('{"jsonrpc":"2.0","id":"é\\u2028","result":{"\ufffd":["a\ufffd\\u2029"]}}\n');
  });
});

describe('A batch', () => {
  const initialize = (protocolVersion: string) => ({
    id: 'handshake',
    method: 'initialize',
    params: { protocolVersion, capabilities: {}, clientInfo: { name: 'a-client', version: '1' } },
  });
  const ping = (id: number | string) => ({ id, method: 'ping' });
  const withoutParams = { method: 'notifications/progress' };

  /** A front whose client has agreed on a protocol version; null: not yet. */
  async function afterAgreeing(version: string | null) {
    const front = aFront();
    const server = aServer();
    if (version !== null) front.send(initialize(version));
    await settled();
    front.answers.length = 0;
    const connection = front.front.connect(server);
    connection.attach();
    server.received.length = 0;
    const answerOf = (index: number, text: string) => {
      const asked = server.received[index];
      connection.send({ jsonrpc: '2.0', id: asked !== undefined && 'id' in asked ? asked.id : '', result: { text } });
    };
    return { ...front, server, answerOf };
  }

  it('in protocol 2025-03-26 is answered with one array, when its last answer is there', async () => {
    const { sendBatch, send, answers, server, answerOf } = await afterAgreeing('2025-03-26');
    sendBatch(call(1), withoutParams, ping(2), call(3), 7, { id: 4, method: 8 });
    send(ping(5));
    await settled();
    expect(answers).toEqual([{ jsonrpc: '2.0', id: 5, result: {} }]);
    expect(server.received.map((message) => 'method' in message && message.method)).toEqual([
      'tools/call',
      'notifications/progress',
      'tools/call',
    ]);
    answerOf(2, 'the second');
    await settled();
    expect(answers).toHaveLength(1);
    answerOf(0, 'the first');
    await settled();
    expect(answers.slice(1)).toMatchObject([
      [
        { id: 2, result: {} },
        { error: { code: -32600 } },
        { id: 4, error: { code: -32600 } },
        { id: 3, result: { text: 'the second' } },
        { id: 1, result: { text: 'the first' } },
      ],
    ]);
  });

  it('of notifications and answers is answered with nothing', async () => {
    const { sendBatch, answers, server } = await afterAgreeing('2025-03-26');
    sendBatch(withoutParams, { id: 9, result: {} }, withoutParams);
    await settled();
    expect(answers).toEqual([]);
    expect(server.received).toHaveLength(2);
  });

  it('does not wait for a request that the client cancels, also within the batch', async () => {
    const { sendBatch, send, answers, answerOf } = await afterAgreeing('2025-03-26');
    const cancel = (requestId: number) => ({ method: 'notifications/cancelled', params: { requestId } });
    sendBatch(call(1), call(2), cancel(1), call(3));
    sendBatch(call(4));
    send(cancel(2), cancel(4));
    await settled();
    expect(answers).toEqual([]);
    answerOf(3, 'the third');
    await settled();
    expect(answers).toEqual([[{ jsonrpc: '2.0', id: 3, result: { text: 'the third' } }]]);
  });

  it('does not initialize, and may not repeat the id of a pending request', async () => {
    const { sendBatch, send, answers, answerOf } = await afterAgreeing('2025-03-26');
    send(call(1));
    sendBatch(initialize('2025-06-18'), { ...ping(1) });
    await settled();
    expect(answers).toMatchObject([
      [
        { id: 'handshake', error: { code: -32600, message: expect.stringContaining('initialize') } },
        { id: 1, error: { code: -32600, message: expect.stringContaining('still being answered') } },
      ],
    ]);
    answerOf(0, 'the call');
    await settled();
    expect(answers.at(-1)).toMatchObject({ id: 1, result: { text: 'the call' } });
  });

  it('is complete when the server ends: its calls are answered with the reason', async () => {
    const { front, sendBatch, answers } = await afterAgreeing('2025-03-26');
    sendBatch(call(1), ping(2));
    await settled();
    const fault: Fault = { code: 'unavailable', message: 'shutting down' };
    await front.drain({ finishMs: 0, keepsWaiting: () => false, fault }, never);
    expect(answers).toMatchObject([[{ id: 2 }, { id: 1, result: { isError: true } }]]);
  });

  it.each([
    ['2025-06-18', 'Invalid request: batches are not part of protocol version 2025-06-18; send one message a line'],
    [null, 'Invalid request: batches are not part of protocol version (none is agreed yet); send one message a line'],
  ])('in protocol %s runs nothing, and is answered with one error for each id', async (version, message) => {
    const { sendBatch, answers, server } = await afterAgreeing(version);
    sendBatch(call(1), ping('x'), withoutParams, call(1), { id: 3, result: {} });
    sendBatch(withoutParams);
    sendBatch();
    await settled();
    const error = { code: -32600, message };
    expect(answers).toEqual([
      { jsonrpc: '2.0', id: 1, error },
      { jsonrpc: '2.0', id: 'x', error },
      { jsonrpc: '2.0', error },
      { jsonrpc: '2.0', error: { ...error, message: 'Invalid request: a batch has 1 to 256 messages' } },
    ]);
    expect(server.received).toEqual([]);
  });
});

describe('A message that a front cannot understand', () => {
  const strange = { toString: 1, valueOf: 1 };

  it('is handed on with its strange name, and cancelled for a strange reason', async () => {
    const { front, send, answers } = aFront({ checkedMethods: [] });
    const server = aServer();
    front.connect(server).attach();
    send({ id: 1, method: 'tools/call', params: { name: strange } });
    send({ method: 'notifications/cancelled', params: { requestId: 1, reason: strange } });
    send({ id: 2, method: 'ping' });
    await settled();
    expect(server.received.map((message) => 'method' in message && message.method)).toEqual([
      'tools/call',
      'notifications/cancelled',
    ]);
    expect(answers).toEqual([{ jsonrpc: '2.0', id: 2, result: {} }]);
  });

  it('is refused if it cannot be written anew, and the next one is answered', async () => {
    const { front, send, answers } = aFront();
    // As what is nested some thousand levels deep, on some versions of Node.
    const unwritable = 1n;
    const server: Backend = {
      answersCancelled: false,
      isInitialized: false,
      acquiresSlots: false,
      receive(message) {
        if ('id' in message) connection.send({ jsonrpc: '2.0', id: message.id, result: { unwritable } });
      },
    };
    const connection = front.connect(server);
    connection.attach();
    send(call(1), { id: 2, method: 'ping' });
    await settled();
    expect(answers).toMatchObject([
      { id: 1, error: { code: -32603 } },
      { id: 2, result: {} },
    ]);
  });
});
