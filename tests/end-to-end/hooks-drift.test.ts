import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { hooksFileText } from '../../src/services/client-plugin/hooks-file.ts';
import { runMaitred } from '../support/run-maitred.ts';
import { untilStatus } from '../support/server-status.ts';
import { aWorld, type SpawnedServer, spawnServer, type World } from '../support/spawned-server.ts';

/** What the hooks file of a world must hold. */
const wanted = ({ stateFolder }: World) =>
  hooksFileText({ nodeFile: process.execPath, programDir: inject('programDir'), stateDir: stateFolder.dir });

/** A world whose hooks file says something else. */
function aWorldWith(text: string): World {
  const world = aWorld();
  mkdirSync(dirname(world.stateFolder.hooksFile), { recursive: true });
  writeFileSync(world.stateFolder.hooksFile, text);
  return world;
}

async function untilRepaired(server: SpawnedServer) {
  await server.initialize();
  const isOver = (status: string | undefined) => status !== 'waiting' && status !== 'running';
  const { tasks } = await untilStatus(server, ({ tasks }) => isOver(tasks.drift?.status));
  return tasks.drift;
}

const done = { status: 'done', cause: null };

it('three servers that start at once mend hooks that were edited by hand, and say so', async () => {
  const world = aWorldWith('{"hooks":{"PreToolUse":[]}}');
  const servers = [1, 2, 3].map(() => spawnServer({ world }));
  for (const drift of await Promise.all(servers.map(untilRepaired))) expect(drift).toMatchObject(done);
  expect(readFileSync(world.stateFolder.hooksFile, 'utf8')).toBe(wanted(world));
  expect(readdirSync(dirname(world.stateFolder.hooksFile))).toEqual(['hooks.json']);
  for (const server of servers) expect(await server.leave()).toEqual({ code: 0, signal: null });
  const said = servers.filter(({ stderr }) => stderr.includes('"hooks_repaired"'));
  expect(said.length).toBeGreaterThanOrEqual(1);
  for (const { stderr } of said) expect(stderr).toMatch(/"hooks_repaired".*"flaw":"other_registry"/);
});

it('hooks that are as they must be are left, and only a debug log says so', async () => {
  const world = aWorld();
  mkdirSync(dirname(world.stateFolder.hooksFile), { recursive: true });
  writeFileSync(world.stateFolder.hooksFile, wanted(world));
  const server = spawnServer({ world, env: { MAITRED_LOGGING__LEVEL: 'DEBUG' } });
  expect(await untilRepaired(server)).toMatchObject(done);
  await server.leave();
  expect(server.stderr).toContain('"hooks_current"');
});

it('where nobody has asked for the plugin, nothing of it is made', async () => {
  const world = aWorld();
  expect(await untilRepaired(spawnServer({ world }))).toMatchObject(done);
  expect(existsSync(world.stateFolder.pluginDir)).toBe(false);
});

it('hooks that cannot be mended keep nobody waiting, and kitchen_status and status say why', async () => {
  const world = aWorld();
  const { hooksFile } = world.stateFolder;
  mkdirSync(join(hooksFile, 'of-somebody'), { recursive: true });
  writeFileSync(join(hooksFile, 'of-somebody/file'), '');
  // A folder is looked at like a file that is not ours, and cannot be replaced by one.
  const server = spawnServer({ world });
  const cause = `${hooksFile} cannot be written (EISDIR): a folder has its name, move that away.`;
  expect(await untilRepaired(server)).toMatchObject({ status: 'failed', cause });
  await untilStatus(server, ({ state }) => state === 'ready');
  await expect
    .poll(() => server.stderr, { timeout: 20_000 })
    .toMatch(/"task_failed".*"task":"drift","code":"unavailable"/);
  const shows = async () => (await runMaitred(world, 'status')).stdout.includes(cause);
  await expect.poll(shows, { timeout: 20_000 }).toBe(true);
});
