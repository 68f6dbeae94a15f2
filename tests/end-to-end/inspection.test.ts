import { existsSync, readdirSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { anInspector } from '../support/an-inspector.ts';
import { anOpenKitchen } from '../support/an-open-kitchen.ts';
import { makeAuditEndless } from '../support/endless-audit.ts';
import { untilReady } from '../support/server-status.ts';
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
  await server.greet();
  await untilReady(server);
  return server;
}

const phases = ['configure', 'compose', 'openTransport', 'deferredInit', 'ready'];

describe('Somebody who attaches to a server that was started without a flag', () => {
  it('gets the phases as the past, every living actor as it is, and everything from then on to the end', async () => {
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
      expect.arrayContaining(['lifecycle', 'watchEnds', 'keepHeartbeat', 'task.backend', 'task.drift']),
    );
    expect(watched.actors[0]).toMatchObject({ kind: 'machine', snapshot: { status: 'active', value: 'ready' } });
    expect(JSON.parse(watched.actors[0]?.definition ?? '')).toMatchObject({ id: 'lifecycle', initial: 'configure' });
    expect(await server.leave()).toEqual({ code: 0, signal: null });
    await watched.until(({ isOver }) => isOver);
    expect(watched.states).toEqual(['ready', 'draining', 'shutdown', 'stopped']);
    expect(watched.snapshots.at(-1)).toMatchObject({ snapshot: { status: 'done', value: 'stopped' } });
    expect(watched.messages.at(-1)).toEqual({ type: 'maitred.bye', why: 'The server has left.' });
  });

  it('sees programs that run already, programs that begin, and background work', async () => {
    const server = spawnServer({ script: inject('testProgram'), args: ['serve', '--visibility', 'always'] });
    await server.greet();
    await server.callTool('open_kitchen');
    const slow = server.callTool('run_cmd', { cmd: 'sleep 60', cwd: server.world.projectDir });
    await expect.poll(() => existsSync(server.world.stateFolder.outputDir), { timeout: 15_000 }).toBe(true);
    const watched = await watch(server);
    const childProcesses = () => watched.actors.filter(({ name }) => name === 'childProcess');
    await watched.until(() => childProcesses().length === 1);
    await server.callTool('run_cmd', { cmd: 'true', cwd: server.world.projectDir });
    await server.callTool('work_behind', { how: 'ends soon' });
    await watched.until(({ snapshots }) =>
      snapshots.some(({ rootId, snapshot }) => rootId === 'background.x:0' && snapshot.status === 'done'),
    );
    const [, second] = childProcesses();
    const states = watched.snapshots.filter(({ sessionId }) => sessionId === second?.sessionId);
    expect(states.map(({ snapshot }) => snapshot.value)).toEqual(['spawning', 'running', 'ending', 'ended']);
    expect(new Set(watched.actors.map(({ sessionId }) => sessionId)).size).toBe(watched.actors.length);
    server.kill('SIGTERM');
    await slow.catch(() => undefined);
  });

  it('is one of several, each of whom gets the same', async () => {
    const server = await aReadyServer();
    const [one, two] = [await watch(server), await watch(server)];
    await server.callTool('kitchen_status');
    await server.leave();
    for (const watched of [one, two]) await watched.until(({ isOver }) => isOver);
    expect(two.messages.slice(1)).toEqual(one.messages.slice(1));
  });

  it('may leave, and whoever comes next begins anew', async () => {
    const server = await aReadyServer();
    const first = await watch(server);
    first.hangUp();
    await first.until(({ isOver }) => isOver);
    await server.callTool('kitchen_status');
    await expect
      .poll(async () => (await watch(server)).hello.recording.sinceMs, { timeout: 15_000 })
      .toBeGreaterThan(first.hello.recording.sinceMs);
  });

  it('cannot speak to it, nor keep it from its work', async () => {
    const server = await aReadyServer();
    const socket = connect(await socketOfServer(server));
    socket.on('error', () => undefined).pause();
    onTestFinished(() => void socket.destroy());
    socket.write('{"type":"SHUTDOWN_TRIGGERED","reason":"signal"}\n');
    socket.write(Buffer.alloc(1_000_000, 7));
    expect((await server.callTool('kitchen_status')).result).toBeDefined();
    expect(server.isAlive).toBe(true);
    expect(await server.leave()).toEqual({ code: 0, signal: null });
  });
});

describe('A server with --inspect', () => {
  it('has recorded everything since its greeting', async () => {
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
  const seenOf = ({ calls: messages }: Watched) =>
    messages.map(({ calls }) => calls.map(({ tool, waitsFor }) => [tool, waitsFor]));

  it('are seen with the slow task that they wait for, and no more when they are answered', async () => {
    const world = aWorld();
    const audit = makeAuditEndless(world.stateFolder);
    const server = spawnServer({ world, args: ['--inspect', '--visibility', 'always'] });
    await server.greet();
    await server.callTool('open_kitchen');
    const watched = await watch(server);
    const answer = server.callTool('get_pipeline_report');
    const waits = ['get_pipeline_report', ['audit']];
    await watched.until(() => seenOf(watched).some((calls) => isDeepStrictEqual(calls, [waits])));
    audit.end();
    await answer;
    await watched.until(() => watched.calls.at(-1)?.calls.length === 0);
    expect(watched.calls.at(-1)).toMatchObject({ inFlight: 0, waiting: 0 });
  });

  it('are seen as they wait for a seat, and then run, also by somebody who comes when they are there', async () => {
    const args = ['serve', '--set', 'wire.max_in_flight=1'];
    const server = spawnServer({ script: inject('testProgram'), args });
    await server.greet();
    server.send(aToolCall('first', 'take_time'), aToolCall('second', 'take_time'));
    const watched = await watch(server);
    const untilSeen = (calls: unknown) => watched.until(() => isDeepStrictEqual(seenOf(watched).at(-1), calls));
    await untilSeen([
      ['take_time', null],
      ['take_time', []],
    ]);
    expect(watched.calls.at(-1)).toMatchObject({ id: expect.any(String), inFlight: 1, waiting: 1 });
    for (const [requestId, left] of [
      ['first', [['take_time', null]]],
      ['second', []],
    ]) {
      server.send(aNotification('notifications/cancelled', { requestId }));
      await untilSeen(left);
    }
  });
});

it('Quick calls leave the lifecycle, and whoever watches it, alone', async () => {
  const server = await aReadyServer();
  const watched = await watch(server);
  const calls = 50;
  for (let call = 0; call < calls; call += 1) await server.callTool('close_kitchen');
  await server.leave();
  await watched.until(({ isOver }) => isOver);
  const told = watched.messages.filter(
    (message) => message.type === '@xstate.event' && message.event.type === 'CALLS_CHANGED',
  );
  expect(told.length).toBeLessThan(calls);
});

describe('The socket of a server', () => {
  it('is for its user only, and goes with the server', async () => {
    const server = await aReadyServer();
    const socket = await socketOfServer(server);
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    expect(statSync(server.world.stateFolder.socketsDir).mode & 0o777).toBe(0o700);
    await server.leave();
    expect(existsSync(socket)).toBe(false);
  });

  it('that a killed server leaves ends its watchers without a policy, and is swept by the next', async () => {
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
  it('holds no secret of its environment, its configuration or its calls', async () => {
    const token = 'ghp_0123456789abcdefghijABCDEFGHIJ';
    const secrets = [token, 'a-password-of-somebody', 'configured-secret-value'];
    const env = { SHOP_PASSWORD: 'a-password-of-somebody', GITHUB_TOKEN: token };
    const { server, call, world } = await anOpenKitchen({ github: { token: 'configured-secret-value' } }, { env });
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
