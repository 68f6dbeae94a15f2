import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { InspectorPage } from '../../support/inspector-page.ts';
import { openScene } from '../../support/open-scene.ts';

const patience = { timeout: 20_000 };

const isSeenIn = async (part: Locator, whole: Locator): Promise<boolean> => {
  const [inner, outer] = [await part.boundingBox(), await whole.boundingBox()];
  if (inner === null || outer === null) return false;
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
};

const scaleOf = async (seen: InspectorPage): Promise<number> =>
  Number.parseInt((await seen.page.locator('.chart-zoom output').textContent()) ?? '', 10);

describe('On a page of 1280 by 800', () => {
  const size = { width: 1280, height: 800 };

  it('the chart of the lifecycle is shown as a whole, legible, and fills the height of its panel', async () => {
    const { page } = await openScene('lifecycle', size);
    const [stage, picture] = [page.locator('.chart-stage'), page.locator('.chart-sheet > svg')];
    expect(await isSeenIn(picture, stage)).toBe(true);
    expect(await smallestTextPx(page)).toBeGreaterThanOrEqual(11);
    const [room, filled] = [await stage.boundingBox(), await picture.boundingBox()];
    expect((filled?.height ?? 0) / (room?.height ?? 1)).toBeGreaterThan(0.9);
    expect((filled?.width ?? 0) / (room?.width ?? 1)).toBeGreaterThan(0.8);
  });

  it('a chart of sixty states is legible, at its active states', async () => {
    const { page } = await openScene('recipe', size);
    expect(await smallestTextPx(page)).toBeGreaterThanOrEqual(11);
    const stage = page.locator('.chart-stage');
    const areSeen = async () =>
      Promise.all((await page.locator('.leaf.active > .box').all()).map((box) => isSeenIn(box, stage)));
    await expect.poll(areSeen, patience).toContain(true);
  });
});

/** The size of the smallest text in the picture, on the screen. */
async function smallestTextPx(page: Page): Promise<number> {
  const svg = page.locator('.chart-sheet > svg');
  const scale = ((await svg.boundingBox())?.width ?? 0) / Number(await svg.getAttribute('width'));
  const sizesPx = await svg
    .locator('text')
    .evaluateAll((texts) =>
      texts.map((text) => Number.parseFloat(text.ownerDocument.defaultView?.getComputedStyle(text).fontSize ?? '')),
    );
  return scale * Math.min(...sizesPx);
}

describe('A chart that is too large for the page', () => {
  it('starts at a readable size at the active states, follows them until it is moved, and is shown as a whole on request', async () => {
    const seen = await openScene('lifecycle', { width: 900, height: 500 });
    const stage = seen.page.locator('.chart-stage');
    const active = seen.page.locator('.leaf.active > .box');
    expect(await scaleOf(seen)).toBe(100);
    await expect.poll(() => isSeenIn(active, stage), patience).toBe(true);

    await seen.goTo(20);
    await expect.poll(() => isSeenIn(active, stage), patience).toBe(true);

    await stage.focus();
    await seen.page.keyboard.press('ArrowRight');
    await seen.goTo(await seen.slider.evaluate((slider: { max: string }) => Number(slider.max)));
    expect(await isSeenIn(active, stage)).toBe(false);

    await seen.page.getByRole('button', { name: 'Fit' }).click();
    await expect.poll(() => scaleOf(seen), patience).toBeLessThan(65);
    expect(await isSeenIn(seen.page.locator('.chart-sheet > svg'), stage)).toBe(true);
  });
});

describe('A text of several lines in a value', () => {
  it('is shown as lines until it is closed, then on one line', async () => {
    const seen = await openScene('lifecycle');
    await seen.actor('spawnProcess').last().click();
    const stack = seen.page.getByRole('tree', { name: 'Error' }).getByRole('treeitem', { name: /^stack/ });
    expect(await stack.textContent()).toMatch(/\n {4}at /);
    await stack.click();
    await expect.poll(() => stack.textContent(), patience).toMatch(/…$/);
    await stack.click();
    await expect.poll(() => stack.textContent(), patience).toMatch(/\n {4}at /);
  });
});

describe('The sequence', () => {
  it('truncates no text at its edges', async () => {
    const seen = await openScene('lifecycle');
    await seen.page.getByRole('tab', { name: 'Sequence' }).click();
    await seen.goTo(250);
    const sequence = seen.page.locator('.sequence');
    const words = sequence.locator('.arrow .word');
    const areSeen = async () => {
      await words.last().scrollIntoViewIfNeeded();
      return await isSeenIn(words.last(), sequence);
    };
    await expect.poll(areSeen, patience).toBe(true);
    expect(await sequence.evaluate((box) => box.scrollWidth <= box.clientWidth)).toBe(true);
  });
});

describe('A narrow page', () => {
  it('is not wider than it is, in any of its panels, and shows all of its tabs', async () => {
    const seen = await openScene('calls', { width: 390 });
    await seen.goTo(200);
    for (const name of ['Actors', 'Chart', 'Context', 'Events', 'Sequence', 'Calls']) {
      await seen.page.getByRole('tab', { name }).click();
      await seen.page.getByRole('tabpanel', { name }).waitFor();
      expect(await seen.page.locator('html').evaluate((html) => html.scrollWidth), name).toBe(390);
    }
    const tabs = seen.page.getByRole('tablist');
    const hidden = () => tabs.evaluate((list) => list.scrollWidth - list.clientWidth);
    expect(await hidden()).toBe(0);
    await seen.page.keyboard.press('l');
    await seen.page.getByRole('tab', { name: '3 failed 1 without success' }).waitFor();
    expect(await hidden()).toBe(0);
  });
});

describe('With forced colours', () => {
  it('signs keep the colours of their status', async () => {
    const seen = await openScene('lifecycle');
    await seen.page.emulateMedia({ forcedColors: 'active' });
    await seen.goTo(250);
    const ofSign = (name: string) =>
      seen.page
        .locator(`.tree .sign.${name}`)
        .first()
        .evaluate((sign) => sign.ownerDocument.defaultView?.getComputedStyle(sign).backgroundColor);
    const colours = [await ofSign('active'), await ofSign('error')];
    expect(new Set(colours).size).toBe(2);
  });
});
