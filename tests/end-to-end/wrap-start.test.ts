import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/domain/json-object.ts';
import { aMarkedWorld, markedProcesses } from '../support/marked-world.ts';
import { runMaitred } from '../support/run-maitred.ts';
import type { Message, SpawnedServer, World } from '../support/spawned-server.ts';
import { aNotification, anInitialize, aRequest, aToolCall, outputOf, textOf } from '../support/spawned-server.ts';
import { expectCleanEnd, fixtureServer, fixtureServerPid, spawnWrapped } from '../support/wrapped-server.ts';

/** The files of the cache. */
const cached = ({ stateFolder: { handshakesDir } }: World): string[] =>
  readdirSync(handshakesDir).map((name) => join(handshakesDir, name));

const toolNamesOf = ({ result }: Message) =>
  ((result?.tools ?? []) as readonly { readonly name: string }[]).map(({ name }) => name);
const answersTo = (server: SpawnedServer, id: string) => server.messages.filter((message) => message.id === id);

/** A command that waits while a file exists, and then becomes a fixture server. */
function aCommandThatWaits({ homeDir }: World, ...options: readonly string[]) {
  const gate = join(homeDir, 'gate');
  const script = join(homeDir, 'waits.sh');
  writeFileSync(
    script,
    `gate="$1"; shift; if [ -e "$gate" ]; then echo "waiting for the gate" >&2; fi
    while [ -e "$gate" ]; do sleep 0.02; done; exec "$@"`,
  );
  return {
    command: ['sh', script, gate, ...fixtureServer(...options)],
    close: () => writeFileSync(gate, ''),
    open: () => rmSync(gate),
  };
}

/** Lets a front cache what a command answers. */
async function fillCache(world: World, command: readonly string[]): Promise<SpawnedServer> {
  const server = spawnWrapped({ world, command });
  await server.initialize();
  await expect.poll(() => cached(world)).toHaveLength(1);
  return server;
}

describe('In the first session, wrap', () => {
  it('answers initialize when the server is up, and then all pages of its lists', async () => {
    const world = aMarkedWorld();
    const { command, close, open } = aCommandThatWaits(world, '--paged', '--list-size', '25');
    close();
    const server = spawnWrapped({ world, command });
    server.send(
      anInitialize('initialize'),
      aNotification('notifications/initialized'),
      aToolCall('early', 'echo', { text: 'early' }, 'early'),
    );
    await server.waitFor('progress', ({ params }) => params?.progressToken === 'early');
    expect(await server.ask('ping')).toMatchObject({ result: {} });
    expect(await server.ask('server/discover')).toMatchObject({ error: { code: -32601 } });
    expect(answersTo(server, 'initialize')).toEqual([]);
    await expect.poll(() => server.stderr).toContain('waiting for the gate');
    open();
    expect(await server.answerTo('initialize')).toMatchObject({ result: { serverInfo: { name: 'fixture-server' } } });
    expect(textOf(await server.answerTo('early'))).toBe('early');
    await expectCleanEnd(server, world);
    const again = spawnWrapped({ world, command });
    await again.initialize();
    expect(toolNamesOf(await again.ask('tools/list'))).toEqual(expect.arrayContaining(['echo', 'touch', 'extra-24']));
    await expectCleanEnd(again, world);
  });

  it('says so when the command does not exist', async () => {
    const world = aMarkedWorld();
    const server = spawnWrapped({ world, command: ['/no/such/program'] });
    const { error } = await server.initialize();
    expect(error?.data).toMatchObject({ code: 'unavailable', cause: expect.stringContaining('does not exist') });
    expect(outputOf(await server.callTool('echo'))).toMatchObject({ code: 'unavailable' });
    await expectCleanEnd(server, world);
    expect(server.stderr).toContain('"command_failed"');
  });
});

describe('With a cached handshake, wrap', () => {
  it('answers lists at once, lets early calls wait and run, and corrects lists that have changed', async () => {
    const world = aMarkedWorld();
    const { command, close, open } = aCommandThatWaits(world, '--changing-list');
    const first = await fillCache(world, command);
    const oldTool = `of-process-${await fixtureServerPid(first)}`;
    await expectCleanEnd(first, world);
    close();
    const server = spawnWrapped({ world, command });
    expect(await server.initialize()).toMatchObject({ result: { serverInfo: { name: 'fixture-server' } } });
    expect(toolNamesOf(await server.ask('tools/list'))).toContain(oldTool);
    expect((await server.ask('prompts/list')).result).toEqual({ prompts: [{ name: 'a-prompt' }] });
    server.send(
      aToolCall('cancelled', 'echo'),
      aNotification('notifications/cancelled', { requestId: 'cancelled' }),
      aToolCall('early', 'echo', { text: 'early' }),
      aToolCall('gone', oldTool),
      aRequest('read', 'resources/read', { uri: 'fixture://one' }),
    );
    await server.ask('ping');
    open();
    expect(textOf(await server.answerTo('early'))).toBe('early');
    expect(await server.answerTo('read')).toMatchObject({ result: { contents: [{}] } });
    expect(await server.answerTo('gone')).toMatchObject({ error: { message: expect.stringContaining('is gone') } });
    expect(answersTo(server, 'cancelled')).toEqual([]);
    expect(server.messages).toContainEqual({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
    const newTool = `of-process-${await fixtureServerPid(server)}`;
    expect(toolNamesOf(await server.ask('tools/list'))).toEqual(expect.arrayContaining([newTool]));
    await server.callTool('change-list', { name: 'added' });
    await expect.poll(() => readFileSync(cached(world)[0] ?? '', 'utf8')).toContain('"added"');
    // Also after the lists have changed once more.
    expect(await server.callTool(oldTool)).toMatchObject({ error: { message: expect.stringContaining('is gone') } });
    await expectCleanEnd(server, world);
    const list = await runMaitred(world, 'cache', 'list');
    expect(list.stdout).toContain('fixture-server 1.0.0');
    const [, key = ''] = /^([0-9a-f]{16}):/.exec(list.stdout) ?? [];
    expect((await runMaitred(world, 'cache', 'show', key)).stdout).toContain('  added\n');
    expect((await runMaitred(world, 'cache', 'clear')).stdout).toContain('1 file');
    expect(cached(world)).toEqual([]);
  });

  it('shares the cache with other fronts that fill it at the same time', async () => {
    const world = aMarkedWorld();
    const fronts = [1, 2].map(() => spawnWrapped({ world, command: fixtureServer('--changing-list') }));
    await Promise.all(
      fronts.map(async (server) => {
        await server.initialize();
        await server.callTool('change-list');
      }),
    );
    for (const server of fronts) expect(await server.leave()).toEqual({ code: 0, signal: null });
    expect(cached(world)).toHaveLength(1);
    expect((JSON.parse(readFileSync(cached(world)[0] ?? '', 'utf8')) as JsonObject).formatVersion).toBe(1);
    expect(fronts.map(({ stderr }) => stderr).join('')).not.toContain('handshake_not_saved');
  });
});

/** Each takes a second or more, and only waits. */
const scenarios: Readonly<Record<string, () => Promise<void>>> = {
  async 'a server that does not start in time'() {
    const world = aMarkedWorld();
    // A shell, because Node may need the second to start on a loaded machine.
    const silent = ['sh', '-c', 'echo "waiting for a licence" >&2; exec sleep 60'];
    const server = spawnWrapped({ world, options: ['--start-timeout', '1s'], command: silent });
    const { error } = await server.initialize();
    expect(error).toMatchObject({ data: { code: 'not_ready', output: 'waiting for a licence' } });
    expect(error?.message).toContain('--start-timeout');
    await expectCleanEnd(server, world);
  },

  async 'a call that comes while a server with cached lists starts'() {
    const world = aMarkedWorld();
    const { command, close } = aCommandThatWaits(world);
    await expectCleanEnd(await fillCache(world, command), world);
    close();
    const server = spawnWrapped({ world, options: ['--start-timeout', '1s'], command });
    await server.initialize();
    server.send(aToolCall('too-early', 'echo', {}, 'token'));
    expect(outputOf(await server.answerTo('too-early'))).toMatchObject({
      code: 'not_ready',
      details: { output: 'waiting for the gate' },
    });
    expect(server.messages.filter(({ params }) => params?.progressToken === 'token').length).toBeGreaterThan(1);
    await expectCleanEnd(server, world);
  },

  async 'a client that asks for something before it sends initialize'() {
    const world = aMarkedWorld();
    const server = spawnWrapped({ world, options: ['--start-timeout', '1s'], command: fixtureServer() });
    const { error } = await server.ask('tools/list');
    expect(error?.message).toContain('the client has not sent initialize');
    await server.initialize();
    expect(textOf(await server.callTool('echo', { text: 'a' }))).toBe('a');
    await expectCleanEnd(server, world);
  },

  async 'a server that runs only while it is used'() {
    const world = aMarkedWorld();
    const command = fixtureServer();
    await expectCleanEnd(await fillCache(world, command), world);
    const isRunning = () => markedProcesses(world).some(({ args }) => args.join(' ') === command.join(' '));
    const server = spawnWrapped({ world, options: ['--lazy', '--idle', '1s'], command });
    await server.initialize();
    expect(toolNamesOf(await server.ask('tools/list'))).toContain('echo');
    expect((await server.ask('logging/setLevel', { level: 'error' })).result).toEqual({});
    expect(isRunning()).toBe(false);
    expect(textOf(await server.callTool('count'))).toBe('1');
    expect(textOf(await server.callTool('log-level'))).toBe('error');
    await expect.poll(isRunning).toBe(false);
    expect(textOf(await server.callTool('count'))).toBe('1');
    await expectCleanEnd(server, world);
    expect(server.stderr).toContain('"upstream_restarted"');
  },
};

it(`wrap waits as long as it is told to: ${Object.keys(scenarios).join('; ')}`, () =>
  Promise.all(Object.values(scenarios).map((run) => run())));
