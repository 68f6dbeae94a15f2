import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RequestId } from '../../src/domain/json-rpc.ts';
import { type EndlessAudit, makeAuditEndless } from '../support/endless-audit.ts';
import {
  aNotification,
  aToolCall,
  aWorld,
  isAnswerTo,
  type Message,
  outputOf,
  type SpawnedServer,
  spawnServer,
} from '../support/spawned-server.ts';

const settings = (...assignments: readonly string[]) => assignments.flatMap((assignment) => ['--set', assignment]);
const aCancel = (requestId: RequestId) => aNotification('notifications/cancelled', { requestId });
const isProgressOf = (message: Message, token: RequestId) =>
  message.method === 'notifications/progress' && message.params?.progressToken === token;
const progressOf = (server: SpawnedServer, token: RequestId) =>
  server.messages.filter((message) => isProgressOf(message, token));
const hasAnswered = (server: SpawnedServer, id: RequestId) =>
  server.messages.some((message) => isAnswerTo(message, id));
const aReport = { total_failures: 0, failures: [], omitted: 0 };

/** A server with an open kitchen, whose task `audit` runs until the test ends it. */
async function aServerReadingItsAudit(...args: readonly string[]) {
  const world = aWorld();
  const audit: EndlessAudit = makeAuditEndless(world.stateFolder);
  const server = spawnServer({ world, args });
  await server.initialize();
  await server.callTool('open_kitchen');
  const isAuditRunning = async () => {
    const { tasks } = outputOf(await server.callTool('kitchen_status')) as { tasks?: { audit?: { status?: string } } };
    return tasks?.audit?.status === 'running';
  };
  while (!(await isAuditRunning()));
  return { server, audit };
}

/** A ready server whose next report reads an audit until the test ends it. */
async function aServerWithALongReport(...args: readonly string[]) {
  const world = aWorld();
  const server = spawnServer({ world, args });
  await server.initialize();
  await server.callTool('open_kitchen');
  await server.callTool('get_pipeline_report');
  const audit = makeAuditEndless(world.stateFolder);
  // As if another server cleared the telemetry: the audit has to be read again.
  writeFileSync(world.stateFolder.clearedAtFile, `${new Date().toISOString()}\n`, { mode: 0o600 });
  return { server, audit };
}

describe('Calls above wire.max_waiting', () => {
  it('are refused at once as retryable; a ping and a call that needs no task are answered, a cancelled call gives up its place, and the calls that wait are served', async () => {
    const limits = settings('wire.max_in_flight=4', 'wire.max_waiting=2');
    const { server, audit } = await aServerReadingItsAudit(...limits);
    for (const id of ['a', 'b', 'c']) server.send(aToolCall(id, 'get_pipeline_report'));
    const refusal = await server.answerTo('c');
    expect(refusal.result).toMatchObject({ isError: true });
    expect(outputOf(refusal)).toMatchObject({
      success: false,
      code: 'unavailable',
      retryable: true,
      error: expect.stringContaining('wire.max_waiting'),
    });
    expect((await server.ask('ping')).result).toEqual({});
    const waits = { tool: 'get_pipeline_report', waits_for: ['audit'], seconds: expect.any(Number) };
    expect(outputOf(await server.callTool('kitchen_status'))).toMatchObject({ calls: { waiting: [waits, waits] } });
    server.send(aCancel('a'), aToolCall('d', 'get_pipeline_report'));
    expect((await server.ask('ping')).result).toEqual({});
    expect(['a', 'b', 'd'].filter((id) => hasAnswered(server, id))).toEqual([]);
    audit.end();
    expect(outputOf(await server.answerTo('b'))).toMatchObject(aReport);
    expect(outputOf(await server.answerTo('d'))).toMatchObject(aReport);
    await server.leave();
    expect(hasAnswered(server, 'a')).toBe(false);
  });

  it('are refused also before the backend is loaded', async () => {
    const server = spawnServer({ args: settings('wire.max_in_flight=1', 'wire.max_waiting=2') });
    const ids = Array.from({ length: 10 }, (_, index) => index);
    server.send(...ids.map((id) => aToolCall(id, 'close_kitchen')));
    const answers = await Promise.all(ids.map((id) => server.answerTo(id)));
    const [first, second, ...refused] = answers;
    for (const answer of [first, second])
      expect(answer).toMatchObject({ result: { content: [{ text: 'The kitchen is closed.' }] } });
    for (const refusal of refused) expect(outputOf(refusal)).toMatchObject({ code: 'unavailable', retryable: true });
    // The backend has answered nothing before.
    expect(server.messages.slice(0, refused.length)).toEqual(refused);
  });
});

describe('Calls above wire.max_in_flight', () => {
  it('wait for a slot, with progress that says so, and are refused at once when wire.max_waiting is reached too; a ping is still answered', async () => {
    const limits = settings('wire.max_in_flight=1', 'wire.max_waiting=1');
    const { server, audit } = await aServerWithALongReport(...limits);
    server.send(aToolCall('runs', 'get_pipeline_report'), aToolCall('waits', 'kitchen_status', {}, 'token'));
    const progress = await server.waitFor('progress', (message) => isProgressOf(message, 'token'));
    expect(progress.params?.message).toContain('other calls');
    const refusal = await server.callTool('kitchen_status');
    expect(outputOf(refusal)).toMatchObject({ code: 'unavailable', retryable: true });
    expect(outputOf(refusal).error).toMatch(/wire\.max_in_flight.*wire\.max_waiting/);
    expect((await server.ask('ping')).result).toEqual({});
    expect(hasAnswered(server, 'runs') || hasAnswered(server, 'waits')).toBe(false);
    audit.end();
    await server.answerTo('waits');
    expect(outputOf(await server.answerTo('runs'))).toMatchObject(aReport);
  });

  it('acquire the slot of a running call that is cancelled, and that call is never answered', async () => {
    const { server } = await aServerWithALongReport(...settings('wire.max_in_flight=1'));
    server.send(aToolCall(0, 'get_pipeline_report'), aToolCall('waits', 'kitchen_status'));
    server.send(aCancel(0));
    expect(outputOf(await server.answerTo('waits'))).toMatchObject({ state: 'ready' });
    await server.leave();
    expect(hasAnswered(server, 0)).toBe(false);
  });
});

describe('A parked call', () => {
  it('gets rising progress under its token 0, none after its answer, and none without a token', async () => {
    const { server, audit } = await aServerReadingItsAudit();
    server.send(aToolCall('silent', 'get_pipeline_report'), aToolCall(0, 'get_pipeline_report', {}, 0));
    await server.waitFor('a third report of progress', () => progressOf(server, 0).length >= 3);
    audit.end();
    await server.answerTo('silent');
    const answer = await server.answerTo(0);
    expect(outputOf(answer)).toMatchObject(aReport);
    await server.leave();
    const progress = server.messages.filter(({ method }) => method === 'notifications/progress');
    expect(progress).toEqual(progressOf(server, 0));
    const steps = progress.map(({ params }) => Number(params?.progress));
    expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
    expect(progress.every(({ params }) => /\baudit\b/.test(String(params?.message)))).toBe(true);
    const last = server.messages.findLastIndex((message) => isProgressOf(message, 0));
    expect(last).toBeLessThan(server.messages.indexOf(answer));
  });

  it('gets no answer and no more progress once it is cancelled, whatever its id', async () => {
    const { server, audit } = await aServerReadingItsAudit();
    const ids = [0, '', 'a'];
    server.send(
      ...ids.map((id) => aToolCall(id, 'get_pipeline_report', {}, `gone ${id}`)),
      aToolCall('other', 'get_pipeline_report', {}, 'stays'),
    );
    for (const id of ids) await server.waitFor('progress', (message) => isProgressOf(message, `gone ${id}`));
    server.send(...ids.map(aCancel));
    const pong = await server.ask('ping');
    const before = progressOf(server, 'stays').length;
    await server.waitFor('progress of the other', () => progressOf(server, 'stays').length > before);
    audit.end();
    await server.answerTo('other');
    await server.leave();
    expect(ids.filter((id) => hasAnswered(server, id))).toEqual([]);
    const last = server.messages.findLastIndex((message) => ids.some((id) => isProgressOf(message, `gone ${id}`)));
    expect(last).toBeLessThan(server.messages.indexOf(pong));
  });

  it('that waits for the backend and is cancelled gets no answer and does nothing', async () => {
    const server = spawnServer();
    server.send(aToolCall(0, 'open_kitchen'), aCancel(0), aToolCall(1, 'kitchen_status'));
    expect(outputOf(await server.answerTo(1))).toMatchObject({ tools_enabled: false });
    await server.leave();
    expect(hasAnswered(server, 0)).toBe(false);
  });

  it('fails after readiness.wait_seconds with the task, how long it has run, and the hint to call again', async () => {
    const { server, audit } = await aServerReadingItsAudit(...settings('readiness.wait_seconds=1'));
    const answer = await server.callTool('get_pipeline_report');
    expect(answer.result).toMatchObject({ isError: true });
    const output = outputOf(answer);
    expect(output).toMatchObject({
      success: false,
      code: 'not_ready',
      retryable: true,
      error: expect.stringMatching(/\baudit\b.*\d\.\d s\b/),
      details: { waits_for: [{ task: 'audit', running_seconds: expect.any(Number) }] },
    });
    const [{ running_seconds: seconds = 0 } = {}] = (
      output.details as { waits_for: readonly { running_seconds?: number }[] }
    ).waits_for;
    expect(seconds).toBeGreaterThanOrEqual(1);
    audit.end();
    expect(outputOf(await server.callTool('get_pipeline_report'))).toMatchObject(aReport);
  });
});

describe('A call that needs a failed task', () => {
  it('is answered every time with what failed, why, and what to do, and other tools work', async () => {
    const world = aWorld();
    mkdirSync(world.stateFolder.sessionIndexFile, { recursive: true, mode: 0o700 });
    const server = spawnServer({ world });
    await server.initialize();
    await server.callTool('open_kitchen');
    for (const answer of [await server.callTool('get_pipeline_report'), await server.callTool('get_pipeline_report')]) {
      expect(answer.result).toMatchObject({ isError: true });
      const { error, details, ...rest } = outputOf(answer);
      expect(rest).toEqual({ success: false, code: 'unavailable', retryable: true });
      const cause = `${world.stateFolder.sessionIndexFile} is not a regular file; move it away.`;
      expect(details).toEqual({ task: 'audit', cause, log_file: world.stateFolder.serverLogFile });
      expect(error).toContain('reading the audit');
      expect(error).toContain(cause);
    }
    expect(outputOf(await server.callTool('kitchen_status'))).toMatchObject({
      tools_enabled: true,
      tasks: { audit: { status: 'failed', cause: expect.stringContaining('move it away') } },
    });
  });

  it('names the format file of a state folder whose format this version does not know', async () => {
    const world = aWorld();
    mkdirSync(world.stateFolder.dir, { recursive: true, mode: 0o700 });
    writeFileSync(world.stateFolder.formatFile, '99\n', { mode: 0o600 });
    const server = spawnServer({ world });
    await server.initialize();
    expect(outputOf(await server.callTool('open_kitchen'))).toMatchObject({
      code: 'unavailable',
      error: expect.stringContaining(world.stateFolder.formatFile),
      details: { task: 'backend' },
    });
  });
});
