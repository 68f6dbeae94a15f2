import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, inject, it } from 'vitest';
import { aMarkedWorld, commandsOf, kill, type MarkedWorld, markedProcesses } from '../support/marked-world.ts';
import { canMount, inOwnMounts } from '../support/own-mounts.ts';
import type { SpawnedServer } from '../support/spawned-server.ts';
import { anInitialize, aToolCall, outputOf, spawnServer, textOf } from '../support/spawned-server.ts';
import {
  expectCleanEnd,
  expectNoProcess,
  fixtureServer,
  fixtureServerPid,
  spawnWrapped,
} from '../support/wrapped-server.ts';

/** Also waits for what ends only after a while. */
const untilNoProcess = (world: MarkedWorld) =>
  expect.poll(() => commandsOf(markedProcesses(world)), { timeout: 15_000 }).toEqual([]);

describe('A command that cannot be run is named, with the reason', () => {
  it.each([
    ['a name that is nowhere', ['no-such-program'], 'does not exist'],
    ['a folder', ['/tmp'], '/tmp is a folder'],
    ['a file that is not executable', ['./plain-file'], 'is not executable'],
  ])('%s', async (_, command, reason) => {
    const world = aMarkedWorld();
    writeFileSync(join(world.projectDir, 'plain-file'), '');
    const server = spawnWrapped({ world, command });
    // A server that answers initialize is introduced, before its lists are known.
    const introduction = await server.initialize();
    const { error } = introduction.error === undefined ? await server.ask('tools/list') : introduction;
    expect(error?.data).toMatchObject({ code: 'unavailable', cause: expect.stringContaining(reason) });
    await expectCleanEnd(server, world);
  });
});

describe('A server that always fails', () => {
  it.each([
    ['at the start', ['--exit', '3']],
    ['after initialize', ['--exit-after-initialize', '3']],
  ])('%s is given up after five failures, with what it wrote', async (_, options) => {
    const world = aMarkedWorld();
    const starts = join(world.homeDir, 'starts');
    const command = fixtureServer(...options, '--starts', starts, '--stderr', 'no licence');
    const server = spawnWrapped({ world, command });
    // A server that answers initialize is introduced, before its lists are known.
    const introduction = await server.initialize();
    const { error } = introduction.error === undefined ? await server.ask('tools/list') : introduction;
    expect(error?.data).toMatchObject({ code: 'unavailable', output: 'no licence' });
    expect(readFileSync(starts, 'utf8').trim().split('\n')).toHaveLength(5);
    await expectCleanEnd(server, world);
  });

  it('in calls is given up, and started once more by a call after a while', async () => {
    const world = aMarkedWorld();
    const server = spawnWrapped({ world, command: fixtureServer() });
    await server.initialize();
    for (let crash = 0; crash < 5; crash += 1)
      expect(outputOf(await server.callTool('crash'))).toMatchObject({ code: 'unavailable' });
    expect(outputOf(await server.callTool('echo'))).toMatchObject({ details: { output: 'crashed in a call' } });
    const isServed = async () => textOf(await server.callTool('echo', { text: 'served' })) === 'served';
    await expect.poll(isServed, { timeout: 20_000, interval: 500 }).toBe(true);
    await expectCleanEnd(server, world);
  });
});

it('A front whose client goes while the server starts leaves no process, at any moment and in any way', async () => {
  const ends: readonly ((server: SpawnedServer) => void)[] = [
    (server) => server.endInput(),
    (server) => server.kill('SIGTERM'),
    (server) => server.kill('SIGKILL'),
  ];
  for (let afterMs = 0; afterMs < 400; afterMs += 20) {
    const endAfter = async (end: (server: SpawnedServer) => void) => {
      const world = aMarkedWorld();
      const server = spawnWrapped({ world, command: fixtureServer('--stubborn', '--init-delay', '100') });
      server.send(anInitialize('initialize'));
      await wait(afterMs);
      end(server);
      const { signal } = await server.exited();
      if (signal === null) expectNoProcess(world);
      else await untilNoProcess(world);
    };
    await Promise.all(ends.map(endAfter));
  }
});

it('Every call is answered exactly once while the server is killed again and again', async () => {
  for (let front = 0; front < 25; front += 1) {
    const world = aMarkedWorld();
    const server = spawnWrapped({ world, command: fixtureServer() });
    await server.initialize();
    const ids: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      const pid = await fixtureServerPid(server);
      const now = Array.from({ length: 40 }, (_, n) => `${round}-${n}`);
      ids.push(...now);
      server.send(...now.slice(0, 20).map((id, n) => aToolCall(id, 'slow', { ms: n })));
      await wait(Math.random() * 30);
      kill(pid);
      server.send(...now.slice(20).map((id, n) => aToolCall(id, 'slow', { ms: n })));
      for (const id of now) await server.answerTo(id);
    }
    await server.ask('ping');
    const answered = server.messages.flatMap(({ id, method }) =>
      method === undefined && ids.includes(String(id)) ? [id] : [],
    );
    expect(answered.toSorted()).toEqual(ids.toSorted());
    await expectCleanEnd(server, world);
  }
});

it('A front that is killed under load leaves no process', async () => {
  for (let round = 0; round < 100; round += 1) {
    const world = aMarkedWorld();
    const server = spawnWrapped({ world, command: fixtureServer('--stubborn') });
    const using = async () => {
      await server.initialize();
      await server.callTool('fork-daemon');
      for (;;) await server.callTool('slow', { ms: 1 });
    };
    const used = using().catch(() => undefined);
    await wait(Math.random() * 700);
    server.kill('SIGKILL');
    await used;
    await untilNoProcess(world);
  }
});

it('An answer of 30 MB reaches the client', async () => {
  const world = aMarkedWorld();
  const server = spawnWrapped({ world, command: fixtureServer() });
  await server.initialize();
  expect(textOf(await server.callTool('big', { bytes: 30_000_000 }))).toHaveLength(30_000_000);
  expect(textOf(await server.callTool('echo', { text: 'after' }))).toBe('after');
  await expectCleanEnd(server, world);
});

describe('The cache of handshakes', () => {
  it('is written anew where its file cannot be used, and the log says why', async () => {
    const world = aMarkedWorld();
    const run = async () => {
      const server = spawnWrapped({ world, command: fixtureServer() });
      await server.initialize();
      expect(outputOf(await server.callTool('env')).names).toContain('PATH');
      await expectCleanEnd(server, world);
      return server.stderr;
    };
    await run();
    const [name = ''] = readdirSync(world.stateFolder.handshakesDir);
    const path = join(world.stateFolder.handshakesDir, name);
    const good = readFileSync(path, 'utf8');
    const spoilt: Readonly<Record<string, () => void>> = {
      'is not a JSON object': () => writeFileSync(path, good.slice(0, 100)),
      'does not have format version 1': () =>
        writeFileSync(path, good.replace('"formatVersion":1', '"formatVersion":999')),
      'is open to other users': () => chmodSync(path, 0o666),
    };
    for (const [why, spoil] of Object.entries(spoilt)) {
      spoil();
      expect(await run()).toContain(why);
      expect(readFileSync(path, 'utf8')).toHaveLength(good.length);
    }
  });

  const inTmpfs = ({ stateFolder }: MarkedWorld, option: string) => {
    mkdirSync(stateFolder.dir);
    const mount = `mount -t tmpfs -o ${option} none ${stateFolder.dir} && exec "$@"`;
    return [...inOwnMounts, 'sh', '-c', mount, 'sh'];
  };
  const aFileForTheStateFolder = ({ stateFolder }: MarkedWorld) => {
    writeFileSync(stateFolder.dir, '');
    return [];
  };

  it.each<[string, boolean, (world: MarkedWorld) => readonly string[]]>([
    ['a file is where the state folder must be', false, aFileForTheStateFolder],
    ['files may not be that large', false, () => ['sh', '-c', 'ulimit -f 2; exec "$@"', 'sh']],
    ['the disk is full', true, (world) => inTmpfs(world, 'size=8k')],
    ['the disk is read-only', true, (world) => inTmpfs(world, 'ro')],
  ])('is not needed to serve: %s', async (_, mounts, obstruct) => {
    if (mounts && !canMount()) return;
    const world = aMarkedWorld();
    const server = spawnServer({
      world,
      launcher: obstruct(world),
      script: join(inject('programDir'), 'maitred.js'),
      args: ['wrap', '--', ...fixtureServer('--list-size', '500')],
    });
    await server.initialize();
    expect(textOf(await server.callTool('echo', { text: 'served' }))).toBe('served');
    await server.callTool('fork-daemon');
    await expectCleanEnd(server, world);
    expect(server.stderr).toContain('"handshake_not_saved"');
  });
});
