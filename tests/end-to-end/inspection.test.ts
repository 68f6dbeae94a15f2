import { existsSync, readdirSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { anInspector } from '../support/an-inspector.ts';
import { makeAuditEndless } from '../support/endless-audit.ts';
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
  const shownCalls = ({ calls: messages }: Watched) =>
    messages.map(({ calls }) => calls.map(({ tool, waitsFor }) => [tool, waitsFor]));

  it('are shown with the task they wait for, and not after they are answered', async () => {
    const world = aWorld();
    const audit = makeAuditEndless(world.stateFolder);
    const server = spawnServer({ world, args: ['--inspect', '--visibility', 'always'] });
    await server.initialize();
    await server.callTool('open_kitchen');
    const watched = await watch(server);
    const answer = server.callTool('get_pipeline_report');
    const waits = ['get_pipeline_report', ['audit']];
    await watched.until(() => shownCalls(watched).some((calls) => isDeepStrictEqual(calls, [waits])));
    audit.end();
    await answer;
    await watched.until(() => watched.calls.at(-1)?.calls.length === 0);
    expect(watched.calls.at(-1)).toMatchObject({ inFlight: 0, waiting: 0 });
  });

  it('are shown while they wait for a slot and while they run, also to a watcher that connects later', async () => {
    const args = ['serve', '--set', 'wire.max_in_flight=1'];
    const server = spawnServer({ script: inject('testProgram'), args });
    await server.initialize();
    server.send(aToolCall('first', 'take_time'), aToolCall('second', 'take_time'));
    const watched = await watch(server);
    const untilSeen = (calls: unknown) => watched.until(() => isDeepStrictEqual(shownCalls(watched).at(-1), calls));
    await untilSeen([
      ['take_time', null],
      ['take_time', []],
    ]);
    expect(watched.calls.at(-1)).toMatchObject({ id: expect.any(String), inFlight: 1, waiting: 1 });
    for (const [requestId, remaining] of [
      ['first', [['take_time', null]]],
      ['second', []],
    ]) {
      server.send(aNotification('notifications/cancelled', { requestId }));
      await untilSeen(remaining);
    }
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
