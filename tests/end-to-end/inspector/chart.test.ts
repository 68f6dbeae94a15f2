import type { Locator } from 'playwright-core';
import { expect, it } from 'vitest';
import { aRecording } from '../../support/a-recording.ts';
import { type InspectorPage, statesOf } from '../../support/inspector-page.ts';
import { openScene } from '../../support/open-scene.ts';
import { statesIn } from '../../support/states-in.ts';

const patience = { timeout: 20_000 };

const state = ({ page }: InspectorPage, path: string): Locator => page.locator(`[data-state="${path}"]`);

it('Parallel regions that are active are shown; a state with children is collapsed and expanded by its sign, and by the keyboard', async () => {
  const seen = await openScene('parallel-init');
  const [{ moment, active } = { moment: 0, active: [] }] = statesIn(aRecording('parallel-init'), 'shop.x:0').filter(
    ({ active }) => active.includes('deferredInit.cache.cold'),
  );
  expect(active).toContain('deferredInit.database.connected');
  await seen.goTo(moment);
  await seen.untilActive(...active);
  const [outer, inner] = [state(seen, 'deferredInit'), state(seen, 'deferredInit.database')];
  await outer.locator('> .toggle').click();
  await expect.poll(() => inner.count(), patience).toBe(0);
  await outer.locator('> .toggle').waitFor();
  await outer.locator('> .box').focus();
  await seen.page.keyboard.press('Enter');
  await inner.waitFor();
});

it('The actors of a state show their status: done, or failed; one is chosen by a click', async () => {
  const seen = await openScene('lifecycle');
  const actor = seen.page.locator('[data-invoke="openTransport"]');
  await expect.poll(() => actor.getAttribute('aria-label'), patience).toBe('actor openTransport, done');
  await actor.click();
  await seen.page.getByRole('heading', { name: 'openTransport' }).waitFor();
  await expect.poll(() => seen.actor(/^openTransport/).getAttribute('aria-selected'), patience).toBe('true');
});

it('The newest arrow is marked, and older ones less; so is its trigger, and not the same trigger on another one', async () => {
  const { page } = await openScene('lifecycle');
  await expect
    .poll(() => page.locator('.arrow.transition[data-age="0"]').getAttribute('data-to'), patience)
    .toBe('stopped');
  expect(await page.locator('.arrow.transition[data-age="1"]').getAttribute('data-to')).toBe('shutdown');
  expect(await page.locator('[data-event][data-age="0"]').allTextContents()).toEqual([
    'closeTransport done [otherwise]',
  ]);
});

it('A known chart is drawn with the layout of the build: without a worker; it is zoomed, moved and fitted', async () => {
  const seen = await openScene('lifecycle');
  await seen.page.locator('.chart-sheet').waitFor();
  expect(seen.page.workers()).toEqual([]);
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

it('Another chart is drawn with the layout of a worker; a state that is searched for is centred in it', async () => {
  const seen = await openScene('recipe');
  await expect.poll(() => seen.page.workers().length, patience).toBe(1);
  await seen.untilActive(
    ...statesOf({
      build: {
        implement: 'slice3',
        document: 'page3',
        translate: 'text3',
        watch: 'polling',
        budgetOfTheWholeRecipeInDollarsAndMinutes: 'within',
      },
    }),
  );
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
