import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { JsonRpcMessage } from '../../src/domain/json-rpc.ts';
import { createCallLog } from '../../src/front/call-log.ts';
import { frontOnStreams, settled } from '../doubles/front.ts';

const arrivedAtMs = 1_000;

function aCallLog() {
  const callLog = createCallLog((id) => [`for ${id}`]);
  let number = 0;
  const begin = (id: number | string, text = '{}', tool: string | null = 'brew') => {
    number += 1;
    callLog.begin({ id, number, tool, arrivedAtMs }, 'tools/call', undefined, text);
  };
  return { callLog, begin, ids: () => [...callLog.entries()].map(({ id }) => id) };
}

describe('The call log', () => {
  it('has the last 500 answered calls in the order of their answers, and every pending one', () => {
    const { callLog, begin, ids } = aCallLog();
    for (let id = 0; id < 1_200; id += 1) begin(id);
    for (let id = 600; id >= 0; id -= 1) callLog.end(id, 'result', '{}');
    const answered = Array.from({ length: 500 }, (_, index) => 499 - index);
    const pending = Array.from({ length: 599 }, (_, index) => 601 + index);
    expect(ids()).toEqual([...answered, ...pending]);
  });

  it('has what a call was, when it came, ran and was answered, and how', () => {
    const { callLog } = aCallLog();
    callLog.begin({ id: 'a', number: 3, tool: 'brew', arrivedAtMs }, 'tools/call', 7, '{"é":1}');
    const pending = { waitsFor: ['for a'], ranAtMs: null, answeredAtMs: null, outcome: null, answer: null };
    expect([...callLog.entries()]).toMatchObject([pending]);
    callLog.run('a');
    for (const token of [7, '7', 8, 7]) callLog.progress(token, `é ${token}`);
    callLog.end('a', 'toolError', '{"result":{}}');
    callLog.progress(7, 'too late');
    callLog.end('a', 'result', 'a second answer');
    expect([...callLog.entries()]).toMatchObject([
      {
        id: 'a',
        number: 3,
        tool: 'brew',
        method: 'tools/call',
        arrivedAtMs,
        ranAtMs: expect.any(Number),
        answeredAtMs: expect.any(Number),
        outcome: 'toolError',
        waitsFor: null,
        progressCount: 2,
        progress: { beginning: 'é 7', isWhole: true, sizeBytes: 4 },
        request: { beginning: '{"é":1}', isWhole: true, sizeBytes: 8 },
        answer: { beginning: '{"result":{}}', isWhole: true, sizeBytes: 13 },
      },
    ]);
  });

  it('has the size of a long text, and its first 12,288 characters', () => {
    const { callLog, begin } = aCallLog();
    const [fits, tooLong] = ['é'.repeat(12_288), 'é'.repeat(12_289)];
    begin(1, fits);
    callLog.end(1, 'result', tooLong);
    const [call] = callLog.entries();
    expect(call?.request).toEqual({ beginning: fits, isWhole: true, sizeBytes: 24_576 });
    expect(call?.answer).toEqual({ beginning: fits, isWhole: false, sizeBytes: 24_578 });
  });

  it('does not keep long texts, names and ids in memory', () => {
    const { callLog, begin } = aCallLog();
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    setFlagsFromString('--no-expose-gc');
    const longText = (id: number) => Buffer.alloc(1_000_000, `${id} `).toString();
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    for (let id = 0; id < 40; id += 1) {
      begin(longText(id), longText(id), longText(id));
      callLog.end(longText(id), 'result', longText(id));
    }
    collectGarbage();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000_000);
    expect([...callLog.entries()]).toHaveLength(40);
  });

  it('notifies of each call that comes, changes or is answered, until the listener leaves', () => {
    const { callLog } = aCallLog();
    const seen: unknown[] = [];
    const unsubscribe = callLog.subscribe(({ id, ranAtMs, progressCount, outcome }) =>
      seen.push([id, ranAtMs !== null, progressCount, outcome]),
    );
    for (const id of [1, 2])
      callLog.begin({ id, number: id, tool: 'brew', arrivedAtMs }, 'tools/call', `token ${id}`, '{}');
    callLog.run(2);
    callLog.progress('token 2', undefined);
    callLog.end(2, 'cancelled', null);
    unsubscribe();
    callLog.end(1, 'result', '{}');
    expect(seen).toEqual([
      [1, false, 0, null],
      [2, false, 0, null],
      [2, true, 0, null],
      [2, true, 1, null],
      [2, true, 1, 'cancelled'],
    ]);
  });

  it('has no progress of a call that asked for none, also if a server sends some without a token', () => {
    const { callLog, begin } = aCallLog();
    begin(1);
    callLog.progress(undefined, 'whose?');
    expect([...callLog.entries()]).toMatchObject([{ progressCount: 0, progress: null }]);
  });

  it.each([undefined, 7, {}])('has no text of a progress notification with %j in the place of one', (message) => {
    const { callLog } = aCallLog();
    callLog.begin({ id: 1, number: 1, tool: 'brew', arrivedAtMs }, 'tools/call', 't', '{}');
    callLog.progress('t', 'a text');
    callLog.progress('t', message);
    expect([...callLog.entries()]).toMatchObject([{ progressCount: 2, progress: null }]);
  });
});

/** A front, and a backend that answers a request when the test says so. */
async function aFront({
  maxInFlight = 10,
  answersCancelled = false,
  fault = null as { code: 'invalid_input'; message: string } | null,
} = {}) {
  const { front, stdin, stdout } = frontOnStreams({ taskStatus: 'running', maxInFlight, fault });
  let written = '';
  stdout.on('data', (chunk: Buffer) => {
    written += chunk;
  });
  const received: JsonRpcMessage[] = [];
  const { send, attach } = front.connect({
    answersCancelled,
    isInitialized: false,
    acquiresSlots: true,
    receive: (message) => void received.push(message),
  });
  const sendLine = async (line: string) => {
    stdin.write(`${line}\n`);
    await settled();
  };
  await sendLine(
    '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-03-26","capabilities":{},"clientInfo":{"name":"a","version":"1"}}}',
  );
  return {
    front,
    attach,
    send,
    sendLine,
    logged: () => [...front.callLog.entries()],
    lines: () => written.trim().split('\n'),
    /** Answers the newest request. */
    async answer(members: object) {
      const { id } = received.at(-1) as { id: number };
      send({ jsonrpc: '2.0', id, ...members });
      await settled();
    },
  };
}

const aCall = '{"jsonrpc": "2.0", "method": "tools/call", "id": 1, "params": {"name": "brew"}, "extra": 0}';

describe('The call log of a front', () => {
  it.each([
    ['result', { result: { content: [] } }],
    ['result', { result: { isError: 'yes' } }],
    ['toolError', { result: { content: [], isError: true } }],
    ['error', { error: { code: -32_602, message: 'Unknown tool' } }],
  ])('has the texts of the wire: %s, %j', async (outcome, members) => {
    const { attach, sendLine, answer, logged, lines } = await aFront();
    attach();
    await sendLine(aCall);
    expect(logged()).toMatchObject([{ tool: 'brew', ranAtMs: expect.any(Number), outcome: null }]);
    await answer(members);
    const answered = { beginning: lines().at(-1) };
    expect(logged()).toMatchObject([{ id: 1, outcome, request: { beginning: aCall }, answer: answered }]);
  });

  it('has a call that a client cancelled, without an answer', async () => {
    const { attach, sendLine, logged } = await aFront();
    attach();
    await sendLine(aCall);
    await sendLine('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}');
    expect(logged()).toMatchObject([{ outcome: 'cancelled', answer: null }]);
  });

  it('has a cancelled call whose backend answers all the same as cancelled', async () => {
    const { attach, sendLine, answer, logged, lines } = await aFront({ answersCancelled: true });
    attach();
    await sendLine(aCall);
    await sendLine('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}');
    expect(logged()).toMatchObject([{ outcome: null }]);
    await answer({ result: {} });
    expect(logged()).toMatchObject([{ outcome: 'cancelled', answer: null }]);
    expect(lines()).toHaveLength(1);
  });

  it('has the time at which a call got its slot', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000 });
    onTestFinished(() => void vi.useRealTimers());
    const { front, attach, sendLine, logged } = await aFront({ maxInFlight: 1 });
    attach();
    await sendLine(aCall);
    vi.setSystemTime(2_000);
    const call = front.calls.get(1);
    expect(call && front.calls.acquireSlot(call)).toBeNull();
    expect(logged()).toMatchObject([{ arrivedAtMs: 1_000, ranAtMs: 2_000 }]);
  });

  it('has a call that never ran: it waited for a backend', async () => {
    const { front, sendLine, logged, lines } = await aFront();
    await sendLine(aCall);
    front.calls.close({ code: 'unavailable', message: 'The server ends.' }, () => false);
    await settled();
    const refused = { outcome: 'toolError', ranAtMs: null, answer: { beginning: lines().at(-1) } };
    expect(logged()).toMatchObject([refused]);
  });

  it('has the time at which a parked request reaches the backend', async () => {
    const { attach, sendLine, logged } = await aFront();
    await sendLine('{"jsonrpc":"2.0","id":2,"method":"resources/read","params":{"uri":"a:b"}}');
    expect(logged()).toMatchObject([{ method: 'resources/read', tool: null, ranAtMs: null }]);
    attach();
    expect(logged()).toMatchObject([{ ranAtMs: expect.any(Number) }]);
  });

  it('counts the progress of a call that waits', async () => {
    const { sendLine, logged, lines } = await aFront();
    await sendLine(
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"brew","_meta":{"progressToken":"t"}}}',
    );
    expect(lines().at(-1)).toContain('notifications/progress');
    const progress = { beginning: expect.stringContaining('waiting') };
    expect(logged()).toMatchObject([{ progressCount: 1, progress, waitsFor: ['upstream'] }]);
  });

  it('counts the progress of the backend', async () => {
    const { attach, sendLine, send, logged } = await aFront();
    attach();
    await sendLine(
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"brew","_meta":{"progressToken":"t"}}}',
    );
    for (const progressToken of ['t', 't', 'another'])
      send({
        jsonrpc: '2.0',
        method: 'notifications/progress',
        params: { progressToken, progress: 1, message: `of ${progressToken}` },
      });
    expect(logged()).toMatchObject([{ progressCount: 2, progress: { beginning: 'of t' } }]);
  });

  it('has each call of a batch', async () => {
    const { attach, sendLine, answer, logged } = await aFront();
    attach();
    await sendLine(`[${aCall}, {"jsonrpc":"2.0","id":2,"method":"ping"}]`);
    await answer({ result: {} });
    expect(logged()).toMatchObject([
      { id: 1, outcome: 'result', request: { beginning: expect.stringContaining('"name":"brew"') } },
    ]);
  });

  it('has nothing that the front answers itself', async () => {
    const { attach, sendLine, logged, lines } = await aFront();
    attach();
    const asked = ['ping', 'tools/list', 'server/discover', 'initialize'];
    for (const [id, method] of asked.entries()) await sendLine(JSON.stringify({ jsonrpc: '2.0', id, method }));
    expect(lines()).toHaveLength(1 + asked.length);
    const broken = await aFront({ fault: { code: 'invalid_input', message: 'The configuration is wrong.' } });
    await broken.sendLine(aCall);
    expect(broken.lines()).toHaveLength(2);
    expect([...logged(), ...broken.logged()]).toEqual([]);
  });
});
