import { existsSync, readdirSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { anInspector } from '../support/an-inspector.ts';
import { makeAuditEndless } from '../support/endless-audit.ts';
import { aMarkedWorld } from '../support/marked-world.ts';
import { untilReady } from '../support/server-status.ts';
import { aServerWithOpenKitchen } from '../support/server-with-open-kitchen.ts';
import {
  aNotification,
  aToolCall,
  aWorld,
  type SpawnedServer,
  type SpawnOptions,
  spawnServer,
} from '../support/spawned-server.ts';
import { socketOfServer, type Watched, watch } from '../support/watched-server.ts';
import { expectCleanEnd, fixtureServer, spawnWrapped } from '../support/wrapped-server.ts';

async function aReadyServer(options: SpawnOptions = {}): Promise<SpawnedServer> {
  const server = spawnServer(options);
  await server.initialize();
  await untilReady(server);
  return server;
}

const phases = ['configure', 'compose', 'openTransport', 'deferredInit', 'ready'];

describe('A watcher of a server that was started without --inspect', () => {
  it('gets the past phases, the state of each running actor, and then all messages until the server ends', async () => {
    const server = await aReadyServer();
    const watched = await watch(server);
    expect(watched.hello).toMatchObject({
      pid: server.pid,
      projectDir: server.world.projectDir,
      state: 'ready',
      recording: { since: 'watcher', dropped: { messages: 0, bytes: 0 } },
    });
    expect(watched.hello.phases.map(({ state }) => state)).toEqual(phases);
    await watched.until(({ actors }) => actors.length >= 8);
    expect(watched.actors.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['lifecycle', 'watchShutdownTriggers', 'keepServerRecord', 'task.backend', 'task.drift']),
    );
    expect(watched.actors[0]).toMatchObject({ kind: 'machine', snapshot: { status: 'active', value: 'ready' } });
    expect(JSON.parse(watched.actors[0]?.definition ?? '')).toMatchObject({ id: 'lifecycle', initial: 'configure' });
    expect(await server.leave()).toEqual({ code: 0, signal: null });
    await watched.until(({ isOver }) => isOver);
    expect(watched.states).toEqual(['ready', 'draining', 'shutdown', 'stopped']);
    expect(watched.snapshots.at(-1)).toMatchObject({ snapshot: { status: 'done', value: 'stopped' } });
    expect(watched.messages.at(-1)).toEqual({ type: 'maitred.bye', why: 'The server has ended.' });
  });

  it('gets running programs, new programs and background jobs, under the names of what they run', async () => {
    const server = spawnServer({ script: inject('testProgram'), args: ['serve', '--visibility', 'always'] });
    await server.initialize();
    await server.callTool('open_kitchen');
    const slow = server.callTool('run_cmd', { cmd: 'sleep 60', cwd: server.world.projectDir });
    await expect.poll(() => existsSync(server.world.stateFolder.outputDir)).toBe(true);
    const watched = await watch(server);
    const named = (wanted: string) => watched.actors.find(({ name }) => name === wanted);
    await watched.until(() => named('sleep 60') !== undefined);
    await server.callTool('run_cmd', { cmd: 'true', cwd: server.world.projectDir });
    await server.callTool('submit_job', { how: 'ends soon' });
    await watched.until(({ actors, snapshots }) => {
      const job = actors.find(({ name }) => name === 'job that ends soon');
      return snapshots.some(({ sessionId, snapshot }) => sessionId === job?.sessionId && snapshot.status === 'done');
    });
    const states = watched.snapshots.filter(({ sessionId }) => sessionId === named('true')?.sessionId);
    expect(states.map(({ snapshot }) => snapshot.value)).toEqual(['spawning', 'running', 'ending', 'ended']);
    expect(new Set(watched.actors.map(({ sessionId }) => sessionId)).size).toBe(watched.actors.length);
    server.kill('SIGTERM');
    await slow.catch(() => undefined);
  });

  it('gets the same as other watchers, and fewer events of quick calls than there are calls', async () => {
    const server = await aReadyServer();
    const [one, two] = [await watch(server), await watch(server)];
    const calls = 50;
    for (let call = 0; call < calls; call += 1) await server.callTool('close_kitchen');
    await server.leave();
    for (const watched of [one, two]) await watched.until(({ isOver }) => isOver);
    expect(two.messages.slice(1)).toEqual(one.messages.slice(1));
    const events = one.messages.filter(
      (message) => message.type === '@xstate.event' && message.event.type === 'CALLS_CHANGED',
    );
    expect(events.length).toBeLessThan(calls);
  });

  it('may disconnect, and the next watcher gets a new recording', async () => {
    const server = await aReadyServer();
    const first = await watch(server);
    first.hangUp();
    await first.until(({ isOver }) => isOver);
    await server.callTool('kitchen_status');
    await expect
      .poll(async () => (await watch(server)).hello.recording.sinceMs)
      .toBeGreaterThan(first.hello.recording.sinceMs);
  });
});

describe('A server with --inspect', () => {
  it('has recorded everything since its initialize answer', async () => {
    const server = await aReadyServer({ args: ['--inspect'] });
    const watched = await watch(server);
    expect(watched.hello.recording).toMatchObject({ since: 'greeting', dropped: { messages: 0 } });
    await watched.until(({ states }) => states.includes('ready'));
    expect(watched.states).toEqual(['deferredInit', 'ready']);
    expect(watched.messages).toContainEqual(
      expect.objectContaining({ type: '@xstate.event', event: expect.objectContaining({ type: 'BACKEND_REQUESTED' }) }),
    );
    const numbers = watched.messages.flatMap((message) => ('id' in message ? [Number(message.id)] : []));
    expect(numbers).toEqual(numbers.map((_, at) => at));
  });
});

describe('The calls of a server', () => {
  const shownCalls = ({ calls }: Watched) => calls.map(({ tool, waitsFor, outcome }) => [tool, waitsFor, outcome]);

  it('are shown with the task they wait for, then with their answers', async () => {
    const world = aWorld();
    const audit = makeAuditEndless(world.stateFolder);
    const server = spawnServer({ world, args: ['--inspect', '--visibility', 'always'] });
    await server.initialize();
    await server.callTool('open_kitchen');
    const watched = await watch(server);
    const answer = server.callTool('get_pipeline_report');
    const waits = ['get_pipeline_report', ['audit'], null];
    await watched.until(() => shownCalls(watched).some((call) => isDeepStrictEqual(call, waits)));
    audit.end();
    await answer;
    await watched.until(() => watched.calls.every(({ outcome }) => outcome !== null));
    expect(watched.calls.map(({ number, tool, outcome }) => [number, tool, outcome])).toEqual([
      [1, 'open_kitchen', 'result'],
      [2, 'get_pipeline_report', 'result'],
    ]);
  });

  it('are shown while they wait for a slot and while they run, also to a watcher that connects later', async () => {
    const args = ['serve', '--set', 'wire.max_in_flight=1'];
    const server = spawnServer({ script: inject('testProgram'), args });
    await server.initialize();
    server.send(aToolCall('first', 'take_time'), aToolCall('second', 'take_time'));
    const watched = await watch(server);
    const untilSeen = (calls: unknown) => watched.until(() => isDeepStrictEqual(shownCalls(watched), calls));
    await untilSeen([
      ['take_time', null, null],
      ['take_time', [], null],
    ]);
    server.send(aNotification('notifications/cancelled', { requestId: 'first' }));
    await untilSeen([
      ['take_time', null, 'cancelled'],
      ['take_time', null, null],
    ]);
    server.send(aNotification('notifications/cancelled', { requestId: 'second' }));
    await untilSeen([
      ['take_time', null, 'cancelled'],
      ['take_time', null, 'cancelled'],
    ]);
  });

  it('from before are shown to a watcher, with what was asked and answered', async () => {
    const { server, call, world } = await aServerWithOpenKitchen();
    await call('run_cmd', { cmd: 'echo early', cwd: world.projectDir });
    const early = server.callTool('run_cmd', { cmd: 'echo early', unknown: 1 });
    await early;
    const watched = await watch(server);
    await watched.until(({ calls }) => calls.length === 3);
    expect(watched.calls).toMatchObject([
      { id: null, tool: 'open_kitchen', request: { text: '{}' } },
      {
        id: null,
        tool: 'run_cmd',
        outcome: 'result',
        request: { text: JSON.stringify({ cmd: 'echo early', cwd: world.projectDir }), isTruncated: false },
        answer: { text: expect.stringContaining('early\\\\n') },
      },
      { id: null, tool: 'run_cmd', outcome: 'toolError', answer: { text: expect.stringContaining('unknown') } },
    ]);
  });

  it('are named by the charts that they start, and by the lines of the log about them', async () => {
    const args = ['serve', '--inspect', '--visibility', 'always', '--log-level', 'DEBUG'];
    const server = spawnServer({ script: inject('testProgram'), args });
    await server.initialize();
    await server.callTool('open_kitchen');
    const watched = await watch(server);
    await server.callTool('run_cmd', { cmd: 'true', cwd: server.world.projectDir });
    await server.callTool('submit_job', { how: 'ends soon' });
    await server.callTool('leak_token', { how: 'in an error' });
    await server.leave();
    await watched.until(({ isOver }) => isOver);
    const numberOf = (name: string) => watched.calls.find(({ tool }) => tool === name)?.number;
    const started = watched.actors.flatMap(({ name, call }) => (call === undefined ? [] : [[name, call]]));
    expect(started).toEqual([
      ['true', numberOf('run_cmd')],
      ['job that ends soon', numberOf('submit_job')],
    ]);
    const lines = watched.messages.flatMap((message) => (message.type === 'maitred.log' ? [message] : []));
    const about = (event: string) => lines.filter((line) => line.event === event);
    expect(about('tool_called').map(({ fields, call }) => [fields.tool, call])).toEqual(
      expect.arrayContaining(['run_cmd', 'submit_job'].map((name) => [name, numberOf(name)])),
    );
    expect(about('tool_failed')).toMatchObject([{ level: 'WARNING', call: numberOf('leak_token') }]);
    expect(about('state_entered').every(({ call }) => call === undefined)).toBe(true);
  });

  it('that are answered by the thousand are counted, and none is left as if it ran', async () => {
    const server = spawnServer({ args: ['--inspect'] });
    await server.initialize();
    await server.callTool('close_kitchen');
    const watched = await watch(server);
    const most = 3_000;
    const callMany = async (from: number) => {
      for (let at = from; at < most; at += 10) await server.callTool('close_kitchen');
    };
    await Promise.all(Array.from({ length: 10 }, (_, from) => callMany(from)));
    await server.leave();
    await watched.until(({ isOver }) => isOver);
    const counts = watched.messages.flatMap((message) => (message.type === 'maitred.callCount' ? [message] : []));
    const counted = counts.reduce((sum, { calls }) => sum + calls, 0);
    expect(counted).toBeGreaterThan(0);
    expect(watched.calls.filter(({ outcome }) => outcome === null)).toEqual([]);
    expect(watched.calls.length + counted).toBe(most + 1);
  });

  it('of a wrapped server are shown while it starts, and with their answers', async () => {
    const world = aMarkedWorld();
    const server = spawnWrapped({
      world,
      options: ['--inspect', '--env', 'KEY=cmd:printf secret-of-command'],
      command: fixtureServer('--list-delay', '100'),
    });
    await server.initialize();
    await server.callTool('echo', { text: 'secret-of-command' });
    await server.ask('resources/read', { uri: 'a:b' });
    const watched = await watch(server);
    await watched.until(({ calls }) => calls.length === 2);
    await expectCleanEnd(server, world);
    await watched.until(({ isOver }) => isOver);
    expect(watched.hello.name).toBeDefined();
    expect(watched.calls).toMatchObject([
      { tool: 'echo', outcome: 'result', request: { text: '{"text":"[redacted]"}' } },
      { tool: null, method: 'resources/read', request: { text: '{"uri":"a:b"}' } },
    ]);
    expect(watched.text).not.toContain('of-command');
  });
});

describe('The socket of a server', () => {
  it('is open to its user only, takes no orders, does not slow down the server, and is removed with it', async () => {
    const server = await aReadyServer();
    const path = await socketOfServer(server);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(server.world.stateFolder.socketsDir).mode & 0o777).toBe(0o700);
    const socket = connect(path);
    socket.on('error', () => undefined).pause();
    onTestFinished(() => void socket.destroy());
    socket.write('{"type":"SHUTDOWN_TRIGGERED","reason":"signal"}\n');
    socket.write(Buffer.alloc(1_000_000, 7));
    expect((await server.callTool('kitchen_status')).result).toBeDefined();
    expect(server.isAlive).toBe(true);
    expect(await server.leave()).toEqual({ code: 0, signal: null });
    expect(existsSync(path)).toBe(false);
  });

  it('of a killed server disconnects its watchers, and the next server removes it', async () => {
    const world = aWorld();
    const killed = await aReadyServer({ world });
    const socket = await socketOfServer(killed);
    const watched = await watch(killed);
    killed.kill('SIGKILL');
    await killed.exited();
    await watched.until(({ isOver }) => isOver);
    expect(watched.messages.at(-1)?.type).not.toBe('maitred.bye');
    expect(existsSync(socket)).toBe(true);
    const next = await aReadyServer({ world });
    expect(existsSync(socket)).toBe(false);
    expect(await socketOfServer(next)).not.toBe(socket);
    expect(readdirSync(world.stateFolder.socketsDir)).toHaveLength(1);
  });
});

describe('The stream of a server', () => {
  it('contains no secret of the environment, the configuration or the calls', async () => {
    const token = 'ghp_0123456789abcdefghijABCDEFGHIJ';
    const secrets = [token, 'a-password-of-the-shop', 'configured-secret-value'];
    const env = { SHOP_PASSWORD: 'a-password-of-the-shop', GITHUB_TOKEN: token };
    const { server, call, world } = await aServerWithOpenKitchen(
      { github: { token: 'configured-secret-value' } },
      { env },
    );
    const watched = await watch(server);
    await call('run_cmd', { cmd: `echo ${token}; exit 3`, cwd: world.projectDir });
    await call('run_cmd', { cmd: 'true', cwd: `/nowhere/${token}` });
    await server.leave();
    await watched.until(({ isOver }) => isOver);
    expect(watched.snapshots.length).toBeGreaterThan(5);
    for (const secret of secrets) expect(watched.text).not.toContain(secret);
  });
});

describe('SIGUSR1', () => {
  it('opens no debugger in a server', async () => {
    const server = await aReadyServer();
    server.kill('SIGUSR1');
    await server.callTool('kitchen_status');
    await server.leave();
    expect(server.stderr).not.toMatch(/debugger/i);
  });

  it('opens no debugger in an inspector', async () => {
    const inspector = await anInspector(aWorld());
    process.kill(inspector.pid, 'SIGUSR1');
    expect((await fetch(inspector.link)).status).toBe(403);
    await inspector.leave();
    expect(inspector.stderr).not.toMatch(/debugger/i);
  });
});
