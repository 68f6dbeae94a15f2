import { describe, expect, it } from 'vitest';
import type { InspectorPage } from '../../support/inspector-page.ts';
import { openScene } from '../../support/open-scene.ts';

const patience = { timeout: 20_000 };

const events = ({ page }: InspectorPage) =>
  page.getByRole('listbox', { name: 'Events', exact: true }).getByRole('option');
const filter = ({ page }: InspectorPage, type: string) =>
  page.getByRole('searchbox', { name: 'Filter by type' }).fill(type);

describe('The events', () => {
  it('have the names of the chart, are found by their type, and show their payload, their result and their moment', async () => {
    const seen = await openScene('lifecycle');
    await filter(seen, 'xstate.done.actor.drain');
    await expect.poll(() => events(seen).allInnerTexts(), patience).toEqual([expect.stringContaining('drain done')]);
    await filter(seen, 'retry_task');
    await expect.poll(() => events(seen).allInnerTexts(), patience).toEqual([expect.stringContaining('RETRY_TASK')]);
    await events(seen).click();
    const chosen = seen.page.getByRole('region', { name: 'Chosen event' });
    await expect.poll(() => chosen.getByRole('tree').innerText(), patience).toContain('drift');
    await chosen.getByRole('button', { name: 'Go to this moment' }).click();
    await seen.untilActive('ready');
    expect(await seen.isLive()).toBe(false);
    const context = seen.page.getByRole('region', { name: 'Context' });
    await expect.poll(() => context.locator('.caused-by').innerText(), patience).toMatch(/^RETRY_TASK changed \w+/);
    expect(await context.getByRole('treeitem').locator('del').count()).toBeGreaterThan(0);
    await chosen.getByRole('button', { name: 'Close' }).click();
    expect(await chosen.count()).toBe(0);
  });

  it('can be filtered by errors, which are marked, and lead to the actor that received one', async () => {
    const seen = await openScene('lifecycle');
    await expect.poll(() => seen.page.locator('.time .mark.error').count(), patience).toBeGreaterThan(1);
    await seen.page.getByRole('checkbox', { name: 'Errors only' }).check();
    await expect
      .poll(() => events(seen).allInnerTexts(), patience)
      .toContainEqual(expect.stringContaining('hooks.json'));
    expect(await events(seen).and(seen.page.locator(':not(.failed)')).count()).toBe(0);
    await events(seen).filter({ hasText: 'npm-test' }).first().click();
    await seen.page.getByRole('button', { name: /^Show / }).click();
    await expect
      .poll(() => seen.page.locator('[role="treeitem"][data-session][aria-selected="true"]').innerText(), patience)
      .not.toContain('lifecycle');
  });

  it('can be filtered by the chosen actor', async () => {
    const seen = await openScene('lifecycle');
    await seen.actor('startupTask, ended').click();
    await seen.actor('task.backend').click();
    await seen.page.getByRole('checkbox', { name: 'Chosen actor' }).check();
    await expect
      .poll(async () => (await events(seen).allInnerTexts()).filter((text) => !text.includes('task.backend')), patience)
      .toEqual([]);
    expect(await events(seen).count()).toBeGreaterThan(1);
  });

  it('stay at the newest until the user scrolls up; their sequence shows the actors of its visible arrows only', async () => {
    const seen = await openScene('busy');
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
    await seen.page.getByRole('tab', { name: 'Sequence' }).click();
    // The start of the server is among the arrows, above the visible ones.
    await seen.goTo(330);
    const actors = seen.page.getByRole('list', { name: 'Actors of the sequence' }).getByRole('listitem');
    await expect.poll(() => actors.allTextContents(), patience).toEqual(['outside', 'waiter', 'cook']);
  });
});

it('The actors are listed with their states, below the name of the file, and ended ones can be hidden', async () => {
  const seen = await openScene('lifecycle');
  await seen.actor('lifecycle.jsonl').waitFor();
  await expect.poll(() => seen.actor(/^lifecycle /).innerText(), patience).toContain('stopped');
  const ended = seen.actor('startupTask, ended');
  expect(await ended.count()).toBe(1);
  await seen.page.getByRole('checkbox', { name: 'Show ended servers and actors' }).uncheck();
  await expect.poll(() => ended.count(), patience).toBe(0);
});

it('The sequence has a line for each actor, and an arrow leads to its moment', async () => {
  const seen = await openScene('lifecycle');
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
  const seen = await openScene('lifecycle');
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
