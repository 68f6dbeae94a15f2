import type { Locator } from 'playwright-core';
import { expect, it } from 'vitest';
import type { SceneName } from '../../fixtures/write-recording.ts';
import { oneBrowserForAll } from '../../support/a-browser.ts';
import { aRecording } from '../../support/a-recording.ts';
import { anInspector } from '../../support/an-inspector.ts';
import { type InspectorPage, inspectorPage } from '../../support/inspector-page.ts';
import { aWorld } from '../../support/spawned-server.ts';

const openTab = oneBrowserForAll();
const patience = { timeout: 20_000 };

async function openScene(scene: SceneName): Promise<InspectorPage> {
  const { link } = await anInspector(aWorld(), aRecording(scene));
  const seen = inspectorPage((await openTab(link)).page);
  await seen.page.locator('[data-state].active').first().waitFor();
  return seen;
}

const state = ({ page }: InspectorPage, path: string): Locator => page.locator(`[data-state="${path}"]`);

it('A state with children is collapsed and expanded by its sign, and by the keyboard', async () => {
  const seen = await openScene('parallel-init');
  const [outer, inner] = [state(seen, 'deferredInit'), state(seen, 'deferredInit.database')];
  await inner.waitFor();
  await outer.locator('> .toggle').click();
  await expect.poll(() => inner.count(), patience).toBe(0);
  await outer.locator('> .toggle').waitFor();
  await outer.locator('> .box').focus();
  await seen.page.keyboard.press('Enter');
  await inner.waitFor();
});

it('An actor in the chart is chosen by a click', async () => {
  const seen = await openScene('lifecycle');
  await seen.page.locator('[data-invoke="openTransport"]').click();
  await seen.page.getByRole('heading', { name: 'openTransport' }).waitFor();
  await expect.poll(() => seen.actor(/^openTransport/).getAttribute('aria-selected'), patience).toBe('true');
});

it('The newest arrow is marked, and older ones less', async () => {
  const seen = await openScene('lifecycle');
  const newest = seen.page.locator('.arrow.transition[data-age="0"]');
  await expect.poll(() => newest.getAttribute('data-to'), patience).toBe('stopped');
  expect(await seen.page.locator('.arrow.transition[data-age="1"]').getAttribute('data-to')).toBe('shutdown');
});

it('The actors of a state show their status: done, or failed', async () => {
  const seen = await openScene('lifecycle');
  await expect
    .poll(() => seen.page.locator('[data-invoke="openTransport"]').getAttribute('aria-label'), patience)
    .toBe('actor openTransport, done');
});

it('The chart is zoomed, moved and fitted', async () => {
  const seen = await openScene('lifecycle');
  const zoom = seen.page.locator('.chart-zoom output');
  const fitted = await zoom.innerText();
  await seen.page.getByRole('button', { name: 'Zoom in' }).click();
  await expect.poll(() => zoom.innerText(), patience).not.toBe(fitted);
  const box = state(seen, 'ready').locator('.box');
  const before = await box.boundingBox();
  await seen.page.getByRole('application').focus();
  await seen.page.keyboard.press('ArrowDown');
  await expect.poll(async () => (await box.boundingBox())?.y, patience).toBeLessThan(before?.y ?? 0);
  await seen.page.getByRole('button', { name: 'Fit' }).click();
  await expect.poll(() => zoom.innerText(), patience).toBe(fitted);
});

it('A state that is searched for is centred', async () => {
  const seen = await openScene('recipe');
  const find = seen.page.getByRole('searchbox', { name: 'Find a state' });
  await find.fill('slice3');
  await find.press('Enter');
  await expect.poll(() => seen.page.locator('[data-state].centred').count(), patience).toBe(1);
  const [stage, found] = await Promise.all(
    [seen.page.getByRole('application'), seen.page.locator('.centred > .box')].map((each) => each.boundingBox()),
  );
  expect(Math.abs(middleOf(found) - middleOf(stage))).toBeLessThan(2);
});

const middleOf = (box: { readonly x: number; readonly width: number } | null | undefined) =>
  box == null ? Number.NaN : box.x + box.width / 2;

it('New active states are announced to screen readers', async () => {
  const seen = await openScene('lifecycle');
  const announced = seen.page.getByText(/^Active: /);
  await expect.poll(() => announced.innerText(), patience).toBe('Active: stopped');
  await seen.goTo(12);
  await expect.poll(() => announced.innerText(), patience).toBe('Active: configure');
});

it('A known chart is drawn with the layout of the build, another one with that of a worker', async () => {
  const seen = await openScene('lifecycle');
  await seen.page.locator('.chart-sheet').waitFor();
  expect(seen.page.workers()).toEqual([]);
  const other = await openScene('recipe');
  await expect.poll(() => other.page.workers().length, patience).toBe(1);
});

it('A chart that cannot be drawn is explained in a sentence, and the rest is shown', async () => {
  const seen = await openScene('lifecycle');
  const header = { type: 'maitred.recording', formatVersion: 1, savedAtMs: 0, serverId: 'a', forgotten: 0 };
  const whom = {
    createdAt: '0',
    id: '0',
    sessionId: 'a.x:0',
    rootId: 'a.x:0',
    name: 'odd',
    kind: 'machine',
    src: null,
  };
  const actor = { type: '@xstate.actor', ...whom, definition: '{"states":7}', snapshot: { status: 'active' } };
  const choosing = seen.page.waitForEvent('filechooser');
  await seen.page.getByRole('button', { name: 'Open' }).click();
  const buffer = Buffer.from([header, actor].map((line) => `${JSON.stringify(line)}\n`).join(''));
  await (await choosing).setFiles({ name: 'odd.jsonl', mimeType: 'application/jsonl', buffer });
  await seen.page.getByText('This chart cannot be drawn').waitFor();
  expect(await seen.actor(/^odd$/).count()).toBe(1);
});

it('A border between panels is moved with the arrow keys', async () => {
  const seen = await openScene('lifecycle');
  const border = seen.page.getByRole('separator', { name: 'Width of the panels' });
  const side = seen.page.getByRole('complementary', { name: 'Context and events' });
  const before = (await side.boundingBox())?.width ?? 0;
  await border.focus();
  await seen.page.keyboard.press('ArrowLeft');
  await expect.poll(async () => (await side.boundingBox())?.width, patience).toBeGreaterThan(before);
  expect(Number(await border.getAttribute('aria-valuenow'))).toBe(Math.round((await side.boundingBox())?.width ?? 0));
});
