import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/domain/app-error.ts';
import type { JsonRpcMessage } from '../../src/domain/json-rpc.ts';
import { logThrough } from '../../src/domain/log-record.ts';
import type { Backend } from '../../src/front/backend-port.ts';
import { createFront } from '../../src/front/front.ts';

const handshake = {
  protocolVersions: ['2025-06-18'],
  initializeHead: '{"protocolVersion":',
  initializeTail: ',"capabilities":{}}',
  tools: [{ name: 'brew', needs: [], json: '{"name":"brew"}' }],
};
const never = new AbortController().signal;
/** What was sent has been read, and what was answered has been written. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A front of somebody else's server, whose tasks are all done. */
function aFront({ maxInFlight = 64, fault = null as Fault | null } = {}) {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const answers: Record<string, unknown>[] = [];
  stdout.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().trim().split('\n')) answers.push(JSON.parse(line));
  });
  const front = createFront({
    stdin,
    stdout,
    write: stdout.write.bind(stdout),
    handshake,
    maxMessageBytes: 1_000_000,
    backendNeeds: ['upstream'],
    log: logThrough(() => undefined),
    calls: {
      maxInFlight,
      maxWaiting: 10,
      waitMs: 60_000,
      task: () => ({ status: 'done', description: '', startedAtMs: 0, cause: null, detail: null }),
      retryTask: () => undefined,
      logFile: () => null,
      onEdge: () => undefined,
    },
    onInitialize: () => undefined,
    fault: () => fault,
    isListed: () => true,
    onBackendNeeded: () => undefined,
    onEnd: () => undefined,
  });
  front.open();
  const send = (...messages: object[]) => {
    for (const message of messages) stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  };
  return { front, send, answers };
}

const call = (id: number) => ({ id, method: 'tools/call', params: { name: 'brew', arguments: {} } });
const textOf = (answer: unknown) => JSON.stringify(answer);

/** A server that follows MCP: it does not answer what has been cancelled. */
function aServer(): Backend & { readonly received: JsonRpcMessage[] } {
  const received: JsonRpcMessage[] = [];
  return { answersCancelled: false, received, receive: (message) => void received.push(message) };
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
    connection.detach();
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
});
