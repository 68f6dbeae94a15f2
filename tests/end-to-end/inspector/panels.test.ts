import { describe, expect, it } from 'vitest';
import { oneBrowserForAll } from '../../support/a-browser.ts';
import { aRecording } from '../../support/a-recording.ts';
import { anInspector } from '../../support/an-inspector.ts';
import { makeAuditEndless } from '../../support/endless-audit.ts';
import { type InspectorPage, inspectorPage } from '../../support/inspector-page.ts';
import { aWorld, spawnServer } from '../../support/spawned-server.ts';

const openTab = oneBrowserForAll();
const patience = { timeout: 20_000 };

/** The page on a recording of a server's whole life, at its end. */
async function openLife(): Promise<InspectorPage> {
  const { link } = await anInspector(aWorld(), aRecording('lifecycle'));
  const seen = inspectorPage((await openTab(link)).page);
  await seen.untilActive('stopped');
  return seen;
}

const events = ({ page }: InspectorPage) =>
  page.getByRole('listbox', { name: 'Events', exact: true }).getByRole('option');
const filter = ({ page }: InspectorPage, type: string) =>
  page.getByRole('searchbox', { name: 'Filter by type' }).fill(type);

describe('The events', () => {
  it('are found by their type, and show their payload, their result and their moment', async () => {
    const seen = await openLife();
    await filter(seen, 'retry_task');
    await expect.poll(() => events(seen).count(), patience).toBe(1);
    await events(seen).click();
    const chosen = seen.page.getByRole('region', { name: 'Chosen event' });
    await expect.poll(() => chosen.getByRole('tree').innerText(), patience).toContain('drift');
    await chosen.getByRole('button', { name: 'Go to this moment' }).click();
    await seen.untilActive('ready');
    expect(await seen.isLive()).toBe(false);
    await chosen.getByRole('button', { name: 'Close' }).click();
    expect(await chosen.count()).toBe(0);
  });

  it('lead to the actor that received one', async () => {
    const seen = await openLife();
    await seen.page.getByRole('checkbox', { name: 'Errors only' }).check();
    await events(seen).filter({ hasText: 'npm-test' }).first().click();
    await seen.page.getByRole('button', { name: /^Show / }).click();
    await expect
      .poll(() => seen.page.locator('[role="treeitem"][data-session][aria-selected="true"]').innerText(), patience)
      .not.toContain('lifecycle');
  });

  it('have the names of the chart', async () => {
    const seen = await openLife();
    await filter(seen, 'xstate.done.actor.drain');
    await expect.poll(() => events(seen).innerText(), patience).toContain('drain done');
  });

  it('can be filtered by errors, which are marked', async () => {
    const seen = await openLife();
    await expect.poll(() => seen.page.locator('.time .mark.error').count(), patience).toBeGreaterThan(1);
    await seen.page.getByRole('checkbox', { name: 'Errors only' }).check();
    await expect
      .poll(() => events(seen).allInnerTexts(), patience)
      .toContainEqual(expect.stringContaining('hooks.json'));
    expect(await events(seen).and(seen.page.locator(':not(.failed)')).count()).toBe(0);
  });

  it('can be filtered by the chosen actor', async () => {
    const seen = await openLife();
    await seen.actor('startupTask, ended').click();
    await seen.actor('task.backend').click();
    await seen.page.getByRole('checkbox', { name: 'Chosen actor' }).check();
    await expect
      .poll(async () => (await events(seen).allInnerTexts()).filter((text) => !text.includes('task.backend')), patience)
      .toEqual([]);
    expect(await events(seen).count()).toBeGreaterThan(1);
  });

  it('stay at the newest until the user scrolls up', async () => {
    const { link } = await anInspector(aWorld(), aRecording('busy'));
    const seen = inspectorPage((await openTab(link)).page);
    const list = seen.page.getByRole('listbox', { name: 'Events', exact: true });
    const numbers = () =>
      events(seen).evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('aria-posinset'))));
    const size = async () => Number(await events(seen).first().getAttribute('aria-setsize'));
    await expect.poll(async () => (await numbers()).at(-1) === (await size()), patience).toBe(true);
    await seen.goTo(2_000);
    await expect.poll(async () => (await numbers()).at(-1) === (await size()), patience).toBe(true);
    await list.evaluate((rows) => rows.scrollTo({ top: 0 }));
    await expect.poll(numbers, patience).toContain(1);
    await seen.goTo(3_000);
    expect(await numbers()).toContain(1);
  });
});

it('The actors are listed with their states, and ended ones can be hidden', async () => {
  const seen = await openLife();
  await expect.poll(() => seen.actor(/^lifecycle /).innerText(), patience).toContain('stopped');
  const ended = seen.actor('startupTask, ended');
  expect(await ended.count()).toBe(1);
  await seen.page.getByRole('checkbox', { name: 'Show ended actors' }).uncheck();
  await expect.poll(() => ended.count(), patience).toBe(0);
});

it('The context shows the changes of its last event', async () => {
  const seen = await openLife();
  await filter(seen, 'RETRY_TASK');
  await events(seen).click();
  await seen.page.getByRole('button', { name: 'Go to this moment' }).click();
  const context = seen.page.getByRole('region', { name: 'Context' });
  await expect.poll(() => context.locator('.caused-by').innerText(), patience).toMatch(/^RETRY_TASK changed \w+/);
  expect(await context.getByRole('treeitem').locator('del').count()).toBeGreaterThan(0);
});

it('The sequence has a line for each actor, and an arrow leads to its moment', async () => {
  const seen = await openLife();
  await seen.page.getByRole('tab', { name: 'Sequence' }).click();
  const lines = seen.page.getByRole('list', { name: 'Actors of the sequence' }).getByRole('listitem');
  await expect.poll(() => lines.allInnerTexts(), patience).toContain('lifecycle');
  const arrows = seen.page.getByRole('listbox', { name: 'Events between actors' }).getByRole('option');
  const end = await seen.position();
  await arrows.filter({ hasText: 'RETRY_TASK' }).click();
  await expect.poll(() => seen.position(), patience).toBeLessThan(end);
  await seen.untilActive('ready');
});

it('Start-up is shown as a bar, and as a table of its durations', async () => {
  const seen = await openLife();
  const bar = seen.page.locator('details').filter({ hasText: 'Start-up' });
  await bar.locator('summary').click();
  const phases = bar.getByRole('rowheader');
  await expect
    .poll(() => phases.allInnerTexts(), patience)
    .toEqual(expect.arrayContaining(['openTransport', 'deferredInit', 'ready']));
  expect(await bar.locator('summary').innerText()).toMatch(/\d ms|\d s/);
  await seen.page.keyboard.press('Escape');
  await expect.poll(() => phases.first().isVisible(), patience).toBe(false);
});

it('The calls show what each one waits for, and which one is running', async () => {
  const world = aWorld();
  const audit = makeAuditEndless(world.stateFolder);
  const server = spawnServer({ world, args: ['--visibility', 'always'] });
  await server.initialize();
  await server.callTool('open_kitchen');
  const { link } = await anInspector(world);
  const { page } = await openTab(link);
  await page.getByRole('tab', { name: 'Calls' }).click();
  const calls = (group: string) =>
    page.getByRole('tabpanel').locator('section').filter({ hasText: group }).getByRole('listitem').allInnerTexts();
  const report = server.callTool('get_pipeline_report');
  await expect.poll(() => calls('Waiting'), patience).toEqual([expect.stringContaining('waits for audit')]);
  void server.callTool('run_cmd', { cmd: 'sleep 60', cwd: world.projectDir }).catch(() => undefined);
  await expect.poll(() => calls('In flight'), patience).toEqual([expect.stringContaining('run_cmd')]);
  audit.end();
  await report;
  await expect.poll(() => calls('Waiting'), patience).toEqual([]);
});

it('An error is shown until it is dismissed', async () => {
  const seen = await openLife();
  const choosing = seen.page.waitForEvent('filechooser');
  await seen.page.getByRole('button', { name: 'Open' }).click();
  await (await choosing).setFiles({ name: 'odd.jsonl', mimeType: 'text/plain', buffer: Buffer.from('odd') });
  const notice = seen.page.getByRole('alert').filter({ hasText: 'odd.jsonl' });
  await notice.getByRole('button', { name: 'Dismiss' }).click();
  await expect.poll(() => notice.count(), patience).toBe(0);
});

it('The chosen one of two recordings is shown, at its end', async () => {
  const seen = await openLife();
  await seen.goTo(3);
  const choosing = seen.page.waitForEvent('filechooser');
  await seen.page.getByRole('button', { name: 'Open' }).click();
  await (await choosing).setFiles(aRecording('assembly-line'));
  const shown = seen.page.getByRole('combobox', { name: 'Server' });
  await expect
    .poll(() => shown.locator('option').allInnerTexts(), patience)
    .toEqual(['lifecycle.jsonl', 'assembly-line.jsonl']);
  expect(await seen.isLive()).toBe(true);
  await seen.goTo(3);
  await shown.selectOption('lifecycle.jsonl');
  await seen.untilActive('stopped');
  expect(await seen.isLive()).toBe(true);
});
