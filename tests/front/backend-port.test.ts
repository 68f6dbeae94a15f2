import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/domain/app-error.ts';
import type { JsonRpcMessage, JsonRpcRequest, JsonRpcResponse, RequestId } from '../../src/domain/json-rpc.ts';
import { type BackendPort, createBackendPort } from '../../src/front/backend-port.ts';

/** A port, and what reaches the client through it. */
function aPort({ mayRunAgain = (_: JsonRpcRequest): boolean => false } = {}) {
  const answers: JsonRpcResponse[] = [];
  const messages: JsonRpcMessage[] = [];
  const lost: RequestId[] = [];
  const handedOver: RequestId[] = [];
  const port = createBackendPort({
    onHandOver: (id) => void handedOver.push(id),
    onAnswer: (answer, id) => void answers.push({ ...answer, id }),
    onMessage: (message) => void messages.push(message),
    onLost: (ids) => void lost.push(...ids),
    mayRunAgain,
    onParkedAgain: () => undefined,
  });
  return { port, answers, messages, lost, handedOver };
}

const usual = { answersCancelled: false, isInitialized: false, acquiresSlots: true };
const ended: Fault = { code: 'unavailable', message: 'It has ended.' };

/** A backend that keeps what it gets. */
function aBackend(port: ReturnType<typeof aPort>['port'], answersCancelled = false) {
  const received: JsonRpcMessage[] = [];
  const connection = port.connect({
    ...usual,
    answersCancelled,
    receive: (message) => void received.push(message),
  });
  const methods = () => received.map((message) => ('method' in message ? message.method : 'response'));
  const idOf = (method: string) =>
    received
      .flatMap((message) => ('method' in message && 'id' in message && message.method === method ? [message.id] : []))
      .at(-1) ?? 'none';
  return { ...connection, received, methods, idOf };
}

const request = (id: RequestId, method: string): JsonRpcRequest => ({ jsonrpc: '2.0', id, method });
const initialize = request('init', 'initialize');
const initialized: JsonRpcMessage = { jsonrpc: '2.0', method: 'notifications/initialized' };

describe('What a client sends while there is no backend', () => {
  it('is handed over in order once one is attached, after the handshake', () => {
    const { port, handedOver } = aPort();
    for (const message of [initialize, request(1, 'tools/call'), initialized, request(2, 'resources/list')])
      port.pass(message);
    const backend = aBackend(port);
    expect(backend.received).toEqual([]);
    backend.attach();
    expect(backend.methods()).toEqual(['initialize', 'notifications/initialized', 'tools/call', 'resources/list']);
    expect(handedOver).toEqual([1, 2]);
  });

  it('is not handed over when it has been withdrawn', () => {
    const { port } = aPort();
    port.pass(request(1, 'tools/call'));
    port.pass(request(2, 'resources/list'));
    port.withdraw(1);
    const backend = aBackend(port);
    backend.attach();
    expect(backend.methods()).toEqual(['resources/list']);
  });

  it('after a backend has gone waits for the next one, which gets the handshake too', () => {
    const { port, lost } = aPort();
    port.pass(initialize);
    port.pass(initialized);
    const first = aBackend(port);
    first.attach();
    port.pass(request(1, 'tools/call'));
    first.detach(ended);
    port.pass(request(2, 'tools/call'));
    expect(port.isAttached).toBe(false);
    const second = aBackend(port);
    second.attach();
    expect(lost).toEqual([1]);
    expect(second.methods()).toEqual(['initialize', 'notifications/initialized', 'tools/call']);
  });
});

describe('A backend that comes and goes', () => {
  it('gets nothing more once it has ended during the handover: what is left waits for the next one', () => {
    const { port, lost } = aPort();
    port.pass(initialize);
    for (const id of [1, 2, 3]) port.pass(request(id, 'tools/call'));
    const received: JsonRpcMessage[] = [];
    const dying = port.connect({
      ...usual,
      receive(message) {
        received.push(message);
        if ('method' in message && message.method === 'tools/call') dying.detach(ended);
      },
    });
    dying.attach();
    expect([received.length, lost]).toEqual([2, [1]]);
    const next = aBackend(port);
    next.attach();
    expect(next.methods()).toEqual(['initialize', 'tools/call', 'tools/call']);
  });

  it('keeps the calls that it has not been given when it throws during the handover', () => {
    const { port } = aPort();
    for (const id of [1, 2]) port.pass(request(id, 'tools/call'));
    const broken = port.connect({
      ...usual,
      receive() {
        throw new Error('broken');
      },
    });
    expect(() => broken.attach()).toThrow('broken');
    broken.detach(ended);
    const next = aBackend(port);
    next.attach();
    expect(next.received.length).toBe(1);
  });

  it('is not attached once it has been detached', () => {
    const { port } = aPort();
    const backend = aBackend(port);
    backend.detach(ended);
    backend.attach();
    port.pass(request(1, 'tools/call'));
    expect([port.isAttached, backend.received]).toEqual([false, []]);
  });

  it('is detached when another one takes its place, and its calls are lost', () => {
    const { port, lost } = aPort();
    const [first, second] = [aBackend(port), aBackend(port)];
    first.attach();
    port.pass(request(1, 'tools/call'));
    second.attach();
    first.detach(ended);
    expect([lost, port.isAttached]).toEqual([[1], true]);
  });

  it('stays attached with its calls when it is attached twice', () => {
    const { port, answers, lost } = aPort();
    const backend = aBackend(port);
    backend.attach();
    port.pass(request(1, 'tools/call'));
    backend.attach();
    backend.send({ jsonrpc: '2.0', id: backend.idOf('tools/call'), result: {} });
    expect([answers.map(({ id }) => id), lost]).toEqual([[1], []]);
  });

  it('sends nothing to the client any more once another one has taken its place', () => {
    const { port, messages } = aPort();
    const [first, second] = [aBackend(port), aBackend(port)];
    first.attach();
    second.attach();
    first.send({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
    first.send(request(1, 'roots/list'));
    expect(messages).toEqual([]);
  });

  it('leaves the limit of a parked call alone whose id was used for the handshake', () => {
    const { port, handedOver } = aPort();
    port.pass(request(1, 'initialize'));
    aBackend(port).attach();
    expect(handedOver).toEqual([]);
  });
});

describe('An answer of a backend', () => {
  it("reaches the client with the client's id, whatever that is", () => {
    const { port, answers, handedOver } = aPort();
    const backend = aBackend(port);
    backend.attach();
    for (const id of [0, '', 'a', 7]) {
      port.pass(request(id, 'tools/call'));
      backend.send({ jsonrpc: '2.0', id: backend.idOf('tools/call'), result: {} });
    }
    expect(answers.map(({ id }) => id)).toEqual([0, '', 'a', 7]);
    expect(handedOver).toEqual([0, '', 'a', 7]);
  });

  it('is dropped when it answers the handshake, comes twice, or comes from a backend that has gone', () => {
    const { port, answers } = aPort();
    port.pass(initialize);
    const first = aBackend(port);
    first.attach();
    first.send({ jsonrpc: '2.0', id: first.idOf('initialize'), result: {} });
    port.pass(request(1, 'tools/call'));
    const id = first.idOf('tools/call');
    first.detach(ended);
    first.send({ jsonrpc: '2.0', id, result: {} });
    const second = aBackend(port);
    second.attach();
    second.send({ jsonrpc: '2.0', id, result: {} });
    expect(answers).toEqual([]);
    port.pass(request(1, 'tools/call'));
    for (let time = 0; time < 2; time += 1)
      second.send({ jsonrpc: '2.0', id: second.idOf('tools/call'), result: { ok: true } });
    expect(answers).toEqual([{ jsonrpc: '2.0', id: 1, result: { ok: true } }]);
  });
});

describe('A request of a backend', () => {
  const ask = request(1, 'sampling/createMessage');

  it('gets an id of its own for the client; its answer comes back under the id of the backend', () => {
    const { port, messages } = aPort();
    const backend = aBackend(port);
    backend.attach();
    backend.send(ask);
    backend.send({ ...ask, id: 'second' });
    const ids = messages.map((message) => ('id' in message ? message.id : null));
    expect(new Set(ids).size).toBe(2);
    port.pass({ jsonrpc: '2.0', id: ids[1] ?? '', result: { text: 'hello' } });
    expect(backend.received).toEqual([{ jsonrpc: '2.0', id: 'second', result: { text: 'hello' } }]);
  });

  it('is cancelled under the id that the client knows', () => {
    const { port, messages } = aPort();
    const backend = aBackend(port);
    backend.attach();
    backend.send({ ...ask, id: 'mine' });
    backend.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'mine', reason: 'late' } });
    const [asked, cancelled] = messages as [JsonRpcRequest, JsonRpcRequest];
    expect(cancelled.params).toEqual({ requestId: asked.id, reason: 'late' });
  });

  it('gets an answer whose id has become a text', () => {
    const { port, messages } = aPort();
    const backend = aBackend(port);
    backend.attach();
    backend.send(ask);
    port.pass({ jsonrpc: '2.0', id: String((messages[0] as JsonRpcRequest).id), result: {} });
    expect(backend.received).toEqual([{ jsonrpc: '2.0', id: 1, result: {} }]);
  });

  it('is dropped when its backend has gone: the client hears that, and another one does not get the answer', () => {
    const { port, messages } = aPort();
    const first = aBackend(port);
    first.attach();
    first.send(ask);
    first.detach(ended);
    expect(messages.at(-1)).toMatchObject({
      method: 'notifications/cancelled',
      params: { requestId: (messages[0] as JsonRpcRequest).id },
    });
    const second = aBackend(port);
    second.attach();
    port.pass({ jsonrpc: '2.0', id: (messages[0] as JsonRpcRequest).id, result: {} });
    expect(second.received).toEqual([]);
  });
});

describe('A cancellation by the client', () => {
  const cancel = (id: RequestId): JsonRpcMessage & { method: string } => ({
    jsonrpc: '2.0',
    method: 'notifications/cancelled',
    params: { requestId: id, reason: 'not needed' },
  });

  it('reaches a backend under the id that it knows, and no answer comes after it', () => {
    const { port, answers } = aPort();
    const backend = aBackend(port);
    backend.attach();
    port.pass(request('call', 'tools/call'));
    const id = backend.idOf('tools/call');
    expect(port.cancel('call', 'not needed')).toBe(false);
    expect(backend.received.at(-1)).toEqual({ ...cancel('call'), params: { requestId: id, reason: 'not needed' } });
    backend.send({ jsonrpc: '2.0', id, result: {} });
    expect(answers).toEqual([]);
  });

  it('does not reach a backend that answers cancelled requests: the answer says when the work has stopped', () => {
    const { port, answers } = aPort();
    const backend = aBackend(port, true);
    backend.attach();
    port.pass(request('call', 'tools/call'));
    expect(port.cancel('call', 'not needed')).toBe(true);
    expect(backend.methods()).toEqual(['tools/call']);
    backend.send({ jsonrpc: '2.0', id: backend.idOf('tools/call'), result: {} });
    expect(answers.map(({ id }) => id)).toEqual(['call']);
  });
});

describe('A server that has been initialized already', () => {
  const anInitializedBackend = (port: BackendPort) => {
    const received: JsonRpcMessage[] = [];
    const connection = port.connect({
      ...usual,
      isInitialized: true,
      receive: (message) => void received.push(message),
    });
    connection.attach();
    return { ...connection, received };
  };

  it('gets no handshake, and reaches the client only once that has initialized', () => {
    const { port, messages } = aPort();
    port.pass(initialize);
    const { send, received } = anInitializedBackend(port);
    send(request('roots', 'roots/list'));
    expect(messages).toEqual([]);
    port.pass(initialized);
    expect(messages).toMatchObject([{ method: 'roots/list' }]);
    expect(received).toEqual([]);
  });

  it('reaches a client that calls it without having said that it is initialized', () => {
    const { port, messages } = aPort();
    port.pass(initialize);
    const { send, received } = anInitializedBackend(port);
    send({ jsonrpc: '2.0', method: 'notifications/message' });
    port.pass(request(1, 'tools/call'));
    send(request('roots', 'roots/list'));
    expect(messages).toMatchObject([{ method: 'notifications/message' }, { method: 'roots/list' }]);
    expect(received).toMatchObject([{ method: 'tools/call' }]);
  });
});

describe('A request that may run again', () => {
  it('is handed to the next backend in its place, and is lost when that ends too', () => {
    const { port, lost } = aPort({ mayRunAgain: ({ id }) => id === 1 });
    for (const id of [1, 2]) port.pass(request(id, 'tools/call'));
    const first = aBackend(port);
    first.attach();
    first.detach(ended);
    expect(lost).toEqual([2]);
    port.pass(request(3, 'tools/call'));
    const second = aBackend(port);
    second.attach();
    expect(second.received).toHaveLength(2);
    second.detach(ended);
    expect(lost).toEqual([2, 1, 3]);
  });
});

describe('A server that asks its client before it is attached', () => {
  it('gets the answer at once, although requests still wait', () => {
    const { port, messages } = aPort();
    port.pass(initialize);
    port.pass(initialized);
    port.pass(request(1, 'tools/call'));
    const received: JsonRpcMessage[] = [];
    const connection = port.connect({
      ...usual,
      isInitialized: true,
      receive: (message) => void received.push(message),
    });
    connection.send(request('roots', 'roots/list'));
    const [asked] = messages as JsonRpcRequest[];
    port.pass({ jsonrpc: '2.0', id: asked?.id ?? '', result: { roots: [] } });
    expect(received).toEqual([{ jsonrpc: '2.0', id: 'roots', result: { roots: [] } }]);
  });
});
