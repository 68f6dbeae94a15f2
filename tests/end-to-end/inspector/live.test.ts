import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ServerRecord } from '../../../src/domain/server-record.ts';
import { aServerRecord, plantRecord } from '../../doubles/server-records.ts';
import { oneBrowserForAll } from '../../support/a-browser.ts';
import { anInspector } from '../../support/an-inspector.ts';
import { makeAuditEndless } from '../../support/endless-audit.ts';
import { type InspectorPage, inspectorPage, statesOf } from '../../support/inspector-page.ts';
import { untilReady } from '../../support/server-status.ts';
import { aWorld, type SpawnedServer, spawnServer, type World } from '../../support/spawned-server.ts';
import { type Watched, watch } from '../../support/watched-server.ts';

const openTab = oneBrowserForAll();
const patience = { timeout: 20_000 };

async function openInspector(world: World, ...args: readonly string[]): Promise<InspectorPage> {
  const { link } = await anInspector(world, ...args);
  return inspectorPage((await openTab(link)).page);
}

async function aReadyServer(world: World, ...args: readonly string[]): Promise<SpawnedServer> {
  const server = spawnServer({ world, args });
  await server.initialize();
  await untilReady(server);
  return server;
}

/** The server's own account of its state: its record, and its messages to another watcher. */
const recordedState = ({ world }: SpawnedServer): string | undefined => readRecords(world)[0]?.state;

const readRecords = ({ stateFolder: { serversDir } }: World): ServerRecord[] =>
  readdirSync(serversDir)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(`${serversDir}/${name}`, 'utf8')) as ServerRecord);

/** The page shows the state that the server's record and another watcher have. */
async function untilShown(seen: InspectorPage, watched: Watched, state: string): Promise<void> {
  await watched.until(({ states }) => states.at(-1) === state);
  await seen.untilActive(...statesOf(watched.states.at(-1)));
}

describe('An inspector that is opened on a running server', () => {
  it('shows the states of the server, from its start-up tasks to its end', async () => {
    const world = aWorld();
    const audit = makeAuditEndless(world.stateFolder);
    const server = spawnServer({ world, args: ['--visibility', 'always', '--set', 'shutdown.drain_ms=4000'] });
    await server.initialize();
    const watched = await watch(server);
    const seen = await openInspector(world);
    await untilShown(seen, watched, 'deferredInit');
    await expect.poll(() => recordedState(server), patience).toBe('deferredInit');

    audit.end();
    await untilShown(seen, watched, 'ready');
    await expect.poll(() => recordedState(server), patience).toBe('ready');

    await server.callTool('open_kitchen');
    const slow = server.callTool('run_cmd', { cmd: 'sleep 60', cwd: world.projectDir });
    await watched.until(({ actors }) => actors.some(({ name }) => name === 'childProcess'));
    server.kill('SIGTERM');
    await untilShown(seen, watched, 'draining');
    await slow.catch(() => undefined);
    await server.exited();
    await seen.untilActive('stopped');
    await seen.untilShown('The server has ended.');
  });

  it('states that only the phases of the past are known', async () => {
    const world = aWorld();
    await aReadyServer(world);
    const seen = await openInspector(world);
    await seen.untilActive('ready');
    await seen.untilShown(/only the phases/);
  });

  it('has the past if the server has recorded it', async () => {
    const world = aWorld();
    await aReadyServer(world, '--inspect');
    const seen = await openInspector(world);
    await seen.untilActive('ready');
    await seen.untilShown(/Recorded from the start/);
  });

  it('shows a task of the server when it is chosen, with its own chart', async () => {
    const world = aWorld();
    await aReadyServer(world);
    const seen = await openInspector(world);
    await seen.actor('startupTask, ended').click();
    await seen.actor('task.drift').click();
    await seen.untilActive('done');
    await seen.page.getByRole('tree', { name: 'Chart task.drift' }).waitFor();
  });

  it('shows a server that starts later, and both of two', async () => {
    const world = aWorld();
    const seen = await openInspector(world);
    await seen.untilShown('No server is running');
    const first = await aReadyServer(world);
    await seen.untilActive('ready');
    const second = await aReadyServer(world);
    for (const { pid } of [first, second]) await seen.actor(new RegExp(`${pid}`)).waitFor();
  });

  it('shows the fix for a server of an older version, and shows one that can be watched', async () => {
    const world = aWorld();
    mkdirSync(world.stateFolder.serversDir, { recursive: true, mode: 0o700 });
    plantRecord(world.stateFolder, aServerRecord({ startedAtMs: 1 }));
    const seen = await openInspector(world);
    await seen.untilShown(/there is no socket .* let its client restart it/);
    await aReadyServer(world);
    await seen.untilActive('ready');
  });

  it('starts with the requested server', async () => {
    const world = aWorld();
    for (const _ of [1, 2]) await aReadyServer(world);
    await expect.poll(() => readRecords(world).length, patience).toBe(2);
    for (const { serverId, process } of readRecords(world)) {
      const seen = await openInspector(world, '--server', serverId);
      await expect
        .poll(() => seen.page.getByRole('combobox', { name: 'Server' }).locator('option:checked').innerText(), patience)
        .toContain(`${process.pid}`);
    }
  });

  it('reports that a watched server was killed, and keeps its messages', async () => {
    const world = aWorld();
    const server = await aReadyServer(world);
    const seen = await openInspector(world);
    await seen.untilActive('ready');
    server.kill('SIGKILL');
    await seen.untilShown('ended without giving a reason');
    await seen.untilActive('ready');
    expect(await seen.position()).toBeGreaterThan(0);
  });

  it('shows the same in a second page, and after a reload', async () => {
    const world = aWorld();
    await aReadyServer(world);
    const { link } = await anInspector(world);
    const [one, two] = [inspectorPage((await openTab(link)).page), inspectorPage((await openTab(link)).page)];
    await one.untilActive('ready');
    await two.untilActive('ready');
    await one.page.reload();
    await one.untilActive('ready');
  });
});

/** @param complaint what the browser's console may report, besides that the inspector is gone */
async function aPageLeftByItsInspector(...complaint: readonly RegExp[]) {
  const world = aWorld();
  await aReadyServer(world);
  const { link, leave } = await anInspector(world);
  const tab = await openTab(link);
  const seen = inspectorPage(tab.page);
  await seen.untilActive('ready');
  const isGone = /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE/;
  for (const expected of [isGone, ...complaint]) tab.expectComplaint(expected);
  await leave();
  return { world, link, seen };
}

describe('The page of an inspector that has ended', () => {
  it('reports it, and keeps the received messages', async () => {
    const { seen } = await aPageLeftByItsInspector();
    await seen.untilShown('The inspector does not answer');
    await seen.untilActive('ready');
  });

  it('reconnects, and asks for the new link if another inspector has its port', async () => {
    const { world, link, seen } = await aPageLeftByItsInspector(/403/);
    await anInspector(world, '--port', new URL(link).port);
    await seen.untilShown('This page has no access');
    await seen.untilActive('ready');
  });
});
