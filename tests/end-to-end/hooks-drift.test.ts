import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { hooksFileText } from '../../src/services/client-plugin/hooks-file.ts';
import { runMaitred } from '../support/run-maitred.ts';
import { untilStatus } from '../support/server-status.ts';
import { aWorld, type SpawnedServer, spawnServer, type World } from '../support/spawned-server.ts';

/** The current hooks file of a world. */
const wanted = ({ stateFolder }: World) =>
  hooksFileText({ nodeFile: process.execPath, programDir: inject('programDir'), stateDir: stateFolder.dir });

/** A world with another text in its hooks file. */
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

it('three servers that start at once repair hooks that were edited by hand, and log it', async () => {
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

it('current hooks stay, and only the debug log mentions them', async () => {
  const world = aWorld();
  mkdirSync(dirname(world.stateFolder.hooksFile), { recursive: true });
  writeFileSync(world.stateFolder.hooksFile, wanted(world));
  const server = spawnServer({ world, env: { MAITRED_LOGGING__LEVEL: 'DEBUG' } });
  expect(await untilRepaired(server)).toMatchObject(done);
  await server.leave();
  expect(server.stderr).toContain('"hooks_current"');
});

it('no part of the plugin is written if it is not installed', async () => {
  const world = aWorld();
  expect(await untilRepaired(spawnServer({ world }))).toMatchObject(done);
  expect(existsSync(world.stateFolder.pluginDir)).toBe(false);
});

it('hooks that were left out stay out when a server starts', async () => {
  const world = aWorld();
  expect(await runMaitred(world, 'init', '--yes', '--no-hooks')).toMatchObject({ code: 0 });
  expect(await untilRepaired(spawnServer({ world }))).toMatchObject(done);
  expect(existsSync(world.stateFolder.hooksFile)).toBe(false);
});

it('hooks that cannot be repaired delay no call, and status says why', async () => {
  const world = aWorld();
  const { hooksFile } = world.stateFolder;
  mkdirSync(join(hooksFile, 'own-files'), { recursive: true });
  writeFileSync(join(hooksFile, 'own-files/file'), '');
  // A folder cannot be replaced by a file.
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
