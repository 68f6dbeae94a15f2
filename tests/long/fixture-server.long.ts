import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/domain/json-object.ts';
import { tempFolder } from '../doubles/temp-folder.ts';
import { listedNames } from '../support/listed-names.ts';
import { aMarkedWorld, markedProcesses } from '../support/marked-world.ts';
import {
  aNotification,
  anInitialize,
  aRequest,
  aToolCall,
  initializeServer,
  oneServerForAll,
  outputOf,
  type SpawnOptions,
  spawnServer,
  textOf,
} from '../support/spawned-server.ts';
import { fixtureServerFile, fixtureServerPid } from '../support/wrapped-server.ts';

const withOptions = (...args: readonly string[]): SpawnOptions => ({ script: fixtureServerFile, args });

describe('A server of tests/fixtures', () => {
  const server = oneServerForAll({ ...withOptions(), env: { A_NAME: 'a value' } });

  it('answers its tools', async () => {
    await server().initialize();
    expect(textOf(await server().callTool('echo', { text: 'é€😀' }))).toBe('é€😀');
    expect(textOf(await server().callTool('slow', { ms: 1 }))).toBe('after 1 ms');
    expect([await server().callTool('count'), await server().callTool('count')].map(textOf)).toEqual(['1', '2']);
    expect(await server().callTool('fail')).toMatchObject({ result: { isError: true } });
    expect(await server().callTool('reject', { code: -7, data: [1] })).toMatchObject({
      error: { code: -7, data: [1] },
    });
    expect(outputOf(await server().callTool('env', { name: 'A_NAME' }))).toEqual({
      names: expect.arrayContaining(['A_NAME', 'HOME', 'PATH']),
      value: 'a value',
    });
    expect(await fixtureServerPid(server())).toBe(server().pid);
    expect(outputOf(await server().callTool('handshake'))).toMatchObject({ clientInfo: { name: 'a-client' } });
    expect(textOf(await server().callTool('big', { bytes: 3_000_000 }))).toHaveLength(3_000_000);
  });

  it('reports progress, and stops when the call is cancelled', async () => {
    server().send(aToolCall('short', 'progress', { steps: 2 }, 'token'));
    expect(textOf(await server().answerTo('short'))).toBe('done');
    const progress = server().messages.filter(({ method }) => method === 'notifications/progress');
    expect(progress.map(({ params }) => params)).toEqual([
      { progressToken: 'token', progress: 1, total: 2 },
      { progressToken: 'token', progress: 2, total: 2 },
    ]);
    server().send(
      aToolCall('cancelled', 'slow', { ms: 5 }),
      aNotification('notifications/cancelled', { requestId: 'cancelled' }),
    );
    await server().callTool('slow', { ms: 50 });
    expect(server().messages.filter(({ id }) => id === 'cancelled')).toEqual([]);
  });

  it('logs, changes its list and notifies subscribers', async () => {
    await server().ask('logging/setLevel', { level: 'error' });
    expect(textOf(await server().callTool('log', { level: 'warning' }))).toBe('false');
    expect(textOf(await server().callTool('log', { level: 'alert' }))).toBe('true');
    expect(textOf(await server().callTool('log-level'))).toBe('error');
    await server().callTool('change-list');
    expect(listedNames(await server().ask('tools/list'))).toContain('added');
    await server().ask('resources/subscribe', { uri: 'fixture://one' });
    expect(outputOf(await server().callTool('subscriptions'))).toEqual(['fixture://one']);
    for (const uri of ['fixture://one', 'fixture://two']) await server().callTool('touch', { uri });
    const notifications = server().messages.filter(({ method }) => method && method !== 'notifications/progress');
    expect(notifications.map(({ method, params }) => [method, params])).toEqual([
      ['notifications/message', { level: 'alert', data: 'a log message' }],
      ['notifications/tools/list_changed', undefined],
      ['notifications/resources/updated', { uri: 'fixture://one' }],
    ]);
  });

  it('asks its client', async () => {
    const asking = await initializeServer({
      ...withOptions(),
      onRequest: ({ params }) => ({ result: { answered: params } }),
    });
    const answer = await asking.callTool('ask', { method: 'sampling/createMessage', params: { maxTokens: 1 } });
    expect(outputOf(answer)).toMatchObject({ result: { answered: { maxTokens: 1 } } });
  });

  it('records what it receives and when it starts', async () => {
    const [record, starts] = ['record', 'starts'].map((name) => join(tempFolder(), name)) as [string, string];
    const recorded = await initializeServer(withOptions('--record', record, '--starts', starts));
    await recorded.ask('ping');
    expect(readFileSync(record, 'utf8')).toMatch(/^{.*"initialize".*}\n{.*initialized.*}\n{.*"ping".*}\n$/);
    expect(readFileSync(starts, 'utf8')).toBe(`${recorded.pid}\n`);
  });

  it('answers initialize and lists late', async () => {
    const late = spawnServer(withOptions('--start-delay', '1', '--init-delay', '30', '--list-delay', '30'));
    late.send(anInitialize('initialize'), aRequest('list', 'tools/list'), aRequest('ping', 'ping'));
    await late.leave();
    expect(late.messages.map(({ id }) => id)).toEqual(['ping', 'initialize', 'list']);
  });

  it('lists in pages, many tools and others in each process', async () => {
    const listing = await initializeServer(withOptions('--paged', '--list-size', '20', '--changing-list'));
    const names: string[] = [];
    let params: JsonObject = {};
    do {
      const answer = await listing.ask('tools/list', params);
      expect(listedNames(answer).length).toBeLessThanOrEqual(10);
      names.push(...listedNames(answer));
      params = { cursor: answer.result?.nextCursor };
    } while (params.cursor !== undefined);
    expect(names).toEqual(expect.arrayContaining(['echo', 'extra-0', 'extra-19', `of-process-${listing.pid}`]));
  });
});

describe('A bad server of tests/fixtures', () => {
  it('crashes in a call, and once only where it is told to', async () => {
    const counter = join(tempFolder(), 'counter');
    const crash = await initializeServer(withOptions());
    crash.send(aToolCall(1, 'crash', { code: 7, stderr: 'no more' }));
    expect(await crash.exited()).toEqual({ code: 7, signal: null });
    expect(crash.stderr).toBe('no more');
    const first = await initializeServer(withOptions('--counter', counter));
    first.send(aToolCall(1, 'crash-once-idempotent'));
    expect(await first.exited()).toEqual({ code: 1, signal: null });
    const second = await initializeServer(withOptions('--counter', counter));
    expect(textOf(await second.callTool('crash-once-read-only'))).toBe('call 2');
  });

  it('leaves processes behind that ignore SIGTERM', async () => {
    const world = aMarkedWorld();
    const server = await initializeServer({ ...withOptions(), world });
    const pids = [await server.callTool('spawn-child'), await server.callTool('fork-daemon')].map((answer) =>
      Number(textOf(answer)),
    );
    await server.leave();
    for (const pid of pids) process.kill(pid, 'SIGTERM');
    expect(markedProcesses(world).map(({ pid }) => pid)).toEqual(expect.arrayContaining(pids));
  });

  it('exits at the start, or in its first starts only', async () => {
    const server = spawnServer(withOptions('--exit', '3', '--stderr', 'no configuration', '--flood-stderr', '1000000'));
    expect(await server.exited()).toEqual({ code: 3, signal: null });
    expect(server.stderr).toBe(`no configuration${'e'.repeat(1_000_000)}`);
    const starts = ['--starts', join(tempFolder(), 'starts'), '--failing-starts', '1'];
    expect(await spawnServer(withOptions(...starts)).exited()).toEqual({ code: 1, signal: null });
    expect(await initializeServer(withOptions(...starts)).then((second) => second.leave())).toEqual({
      code: 0,
      signal: null,
    });
  });

  it('exits after initialize', async () => {
    const server = await initializeServer(withOptions('--exit-after-initialize', '4'));
    expect(await server.exited()).toEqual({ code: 4, signal: null });
  });

  it('never answers', async () => {
    const record = join(tempFolder(), 'record');
    const server = spawnServer(withOptions('--silent', '--record', record));
    server.send(anInitialize(1), aRequest(2, 'ping'));
    await expect.poll(() => readFileSync(record, { encoding: 'utf8', flag: 'a+' })).toContain('ping');
    await server.leave();
    expect(server.messages).toEqual([]);
    const shy = await initializeServer(withOptions('--silent-after-initialize'));
    shy.send(aRequest(2, 'ping'));
    await shy.leave();
    expect(shy.messages).toHaveLength(1);
  });

  it('ends only by SIGKILL', async () => {
    const server = await initializeServer(withOptions('--stubborn'));
    server.endInput();
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) server.kill(signal);
    server.kill('SIGKILL');
    expect(await server.exited()).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('writes what is not a message', async () => {
    const server = await initializeServer(withOptions('--noise', '--long-line', '1000000', '--broken-utf8'));
    const noise = ['Loading…', '', '{"level":"info"}'];
    expect(server.strayLines).toEqual(['x'.repeat(1_000_000), ...noise, ...noise]);
    expect(textOf(await server.callTool('echo', { text: 'text' }))).toBe('text\ufffd');
  });

  it('answers before it is asked, and twice', async () => {
    const server = await initializeServer(withOptions('--unasked', '--duplicates'));
    await server.ask('ping');
    await server.leave();
    expect(server.messages.map(({ id, method }) => id ?? method)).toEqual([
      ...['never-asked', 'never-asked', 'notifications/message'],
      ...['initialize', 'initialize', 'asked-1', 'asked-1'],
    ]);
  });

  it('answers in batches', async () => {
    const server = spawnServer(withOptions('--batches'));
    server.send(aRequest(1, 'ping'));
    await server.leave();
    const [line = ''] = server.strayLines;
    expect(JSON.parse(line)).toMatchObject([{ method: 'notifications/message' }, { id: 1, result: {} }]);
  });

  it('stops in the middle of a message', async () => {
    const server = await initializeServer(withOptions('--half-message'));
    server.send(aToolCall(1, 'echo', { text: 'a text' }), aRequest(2, 'ping'));
    await server.leave();
    expect(server.strayLines).toEqual([expect.stringMatching(/^{"jsonrpc":"2.0","id":1/)]);
  });
});
