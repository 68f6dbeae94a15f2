import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createActor, createMachine } from 'xstate';
import { clockText } from '../../../src/domain/clock-text.ts';
import { durationText } from '../../../src/domain/duration-text.ts';
import type { ServerRecord } from '../../../src/domain/server-record.ts';
import { aServerRecord, plantRecord } from '../../doubles/server-records.ts';
import { anInspectedServer } from '../../fixtures/an-inspected-server.ts';
import { openTab } from '../../support/a-browser.ts';
import { anInspector } from '../../support/an-inspector.ts';
import { makeAuditEndless } from '../../support/endless-audit.ts';
import { type InspectorPage, inspectorPage, statesOf } from '../../support/inspector-page.ts';
import { inspectOurselves } from '../../support/planted-server.ts';
import { untilReady } from '../../support/server-status.ts';
import { aWorld, type SpawnedServer, spawnServer, type World } from '../../support/spawned-server.ts';
import { type Watched, watch } from '../../support/watched-server.ts';
import { fixtureServer, spawnWrapped } from '../../support/wrapped-server.ts';

const patience = { timeout: 20_000 };

async function openInspector(world: World, ...args: readonly string[]): Promise<InspectorPage> {
  const { link } = await anInspector(world, ...args);
  return inspectorPage((await openTab(link)).page);
}

async function aReadyServer(world: World): Promise<SpawnedServer> {
  const server = spawnServer({ world });
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

/** The states that the chart shows as over, with their times. */
const pastStates = ({ page }: InspectorPage) =>
  page
    .locator('.state.past')
    .evaluateAll((states) =>
      states.map((state) => [state.getAttribute('data-state'), state.querySelector('.time text')?.textContent]),
    );

describe('An inspector', () => {
  it('shows the states of a running server, from its start-up tasks to its end, and has them after a reload when it is gone', async () => {
    const world = aWorld();
    const audit = makeAuditEndless(world.stateFolder);
    const server = spawnServer({ world, args: ['--visibility', 'always'] });
    await server.initialize();
    const watched = await watch(server);
    const seen = await openInspector(world);
    await untilShown(seen, watched, 'deferredInit');
    await expect.poll(() => recordedState(server), patience).toBe('deferredInit');

    audit.end();
    await untilShown(seen, watched, 'ready');
    await expect.poll(() => recordedState(server), patience).toBe('ready');

    await server.callTool('open_kitchen');
    const untilEnough = { cmd: 'until [ -e enough ]; do sleep 0.1; done', cwd: world.projectDir };
    void server.callTool('run_cmd', untilEnough).catch(() => undefined);
    await watched.until(({ actors }) => actors.some(({ name }) => name === untilEnough.cmd));
    server.kill('SIGTERM');
    await untilShown(seen, watched, 'draining');
    writeFileSync(join(world.projectDir, 'enough'), '');
    await server.exited();
    await seen.untilActive('stopped');
    await seen.untilShown('The server has ended.');
    const messages = await seen.position();
    await seen.page.reload();
    await seen.untilActive('stopped');
    await seen.untilShown('The server has ended.');
    await expect.poll(() => seen.position(), patience).toBe(messages);
  });

  it('knows only the phases of the past without a recording, and shows their times in the chart; shows a task with its own chart; reports that the server was killed, and keeps its messages', async () => {
    const world = aWorld();
    const server = await aReadyServer(world);
    const seen = await openInspector(world);
    await seen.untilActive('ready');
    await seen.untilShown(/only the phases/);
    const phases = readRecords(world)[0]?.phases ?? [];
    const times = phases.slice(0, -1).map(({ state, atMs }, at) => {
      return [state, durationText((phases[at + 1]?.atMs ?? 0) - atMs)];
    });
    expect(times.map(([state]) => state)).toEqual(['configure', 'compose', 'openTransport', 'deferredInit']);
    expect(await pastStates(seen)).toEqual(times);
    await seen.actor('startupTask, ended').click();
    await seen.actor('task.drift').click();
    await seen.untilActive('done');
    await seen.page.getByRole('tree', { name: 'Chart task.drift' }).waitFor();
    server.kill('SIGKILL');
    await seen.untilShown('ended without giving a reason');
    await seen.actor(/^lifecycle stopped/).click();
    await seen.untilActive('ready');
    expect(await seen.position()).toBeGreaterThan(0);
  });

  it('shows the fix for a server of an older version, and servers that start later; it starts with the requested one', async () => {
    const world = aWorld();
    mkdirSync(world.stateFolder.serversDir, { recursive: true, mode: 0o700 });
    plantRecord(world.stateFolder, aServerRecord({ startedAtMs: 1 }));
    const seen = await openInspector(world);
    await seen.untilShown(/there is no socket .* let its client restart it/);
    const first = await aReadyServer(world);
    await seen.untilActive('ready');
    const second = await aReadyServer(world);
    for (const { pid } of [first, second]) {
      await seen.actor(new RegExp(`${pid}`)).waitFor();
      const record = () => readRecords(world).find(({ process }) => process.pid === pid);
      await expect.poll(record, patience).toBeDefined();
      const other = await openInspector(world, '--server', record()?.serverId ?? '');
      const chosen = other.page.getByRole('combobox', { name: 'Server' }).locator('option:checked');
      await expect.poll(() => chosen.innerText(), patience).toContain(`${pid}`);
    }
  });

  it('gives a wrapped server its name in the tree, in the choice of servers and in the title, also after a reload when it is gone', async () => {
    const world = aWorld();
    const server = spawnWrapped({ world, options: ['--name', 'tally'], command: fixtureServer() });
    await server.initialize();
    const seen = await openInspector(world);
    const label = `tally · ${server.pid}`;
    const untilNamed = async () => {
      await seen.actor(label).waitFor();
      const chosen = seen.page.getByRole('combobox', { name: 'Server' }).locator('option:checked');
      await expect.poll(() => chosen.innerText(), patience).toBe(label);
      await expect.poll(() => seen.page.title(), patience).toBe(`${label} – maitred inspect`);
    };
    await untilNamed();
    await server.leave();
    await seen.untilShown('The server has ended.');
    await seen.page.reload();
    await seen.untilShown('The server has ended.');
    await untilNamed();
    await seen.actor(/^task\.command/).waitFor();
    const tree = seen.page.getByRole('tree', { name: 'Servers and actors' });
    expect(await tree.innerText()).not.toContain('running');
  });

  it('tells servers of one process apart by their start, and hides those that have ended', async () => {
    const world = aWorld();
    mkdirSync(world.stateFolder.serversDir, { recursive: true, mode: 0o700 });
    const plant = (serverId: string, startedAtMs: number) =>
      plantRecord(world.stateFolder, aServerRecord({ serverId, startedAtMs }));
    const label = (startedAtMs: number) => `shop · ${process.pid} · ${clockText(startedAtMs)}`;
    const record = plant('first', 60_000);
    plant('second', 120_000);
    const seen = await openInspector(world);
    const choice = seen.page.getByRole('combobox', { name: 'Server' }).locator('option');
    await expect.poll(() => choice.allInnerTexts(), patience).toEqual([label(60_000), label(120_000)]);
    await seen.actor(label(120_000)).click();
    rmSync(record);
    await seen.actor(`${label(60_000)} disappeared`).waitFor();
    await seen.page.getByRole('checkbox', { name: 'Show ended servers and actors' }).uncheck();
    await expect.poll(() => choice.allInnerTexts(), patience).toEqual([label(120_000)]);
    expect(await seen.actor(label(60_000)).count()).toBe(0);
  });
});

describe('The page of an inspector', () => {
  it('shows the same twice and after a reload; it keeps what it received when the inspector has ended, and asks for the new link if another one has its port', async () => {
    const world = aWorld();
    showOurselves(world);
    const { link, leave } = await anInspector(world);
    const tabs = [await openTab(link), await openTab(link)];
    const pages = tabs.map(({ page }) => inspectorPage(page));
    for (const seen of pages) await seen.untilActive('on');
    await tabs[0]?.page.reload();
    for (const seen of pages) await seen.untilActive('on');

    for (const { expectComplaint } of tabs)
      expectComplaint(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE|403/);
    await leave();
    for (const seen of pages) {
      await seen.untilShown('The inspector does not answer');
      await seen.untilActive('on');
    }
    await anInspector(world, '--port', new URL(link).port);
    for (const seen of pages) {
      await seen.untilShown('This page has no access');
      await seen.untilActive('on');
    }
  });
});

/** Makes the test's own process a server with one chart. */
function showOurselves(world: World): void {
  const server = anInspectedServer();
  inspectOurselves(world, server);
  const actor = createActor(createMachine({ id: 'lamp', initial: 'on', states: { on: {} } }));
  server.show('lamp', actor);
  actor.start();
}
