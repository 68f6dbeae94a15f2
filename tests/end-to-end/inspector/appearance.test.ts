import { basename } from 'node:path';
import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { oneBrowserForAll, type TabOptions } from '../../support/a-browser.ts';
import { aRecording } from '../../support/a-recording.ts';
import { anInspector } from '../../support/an-inspector.ts';
import { type InspectorPage, inspectorPage } from '../../support/inspector-page.ts';
import { aWorld } from '../../support/spawned-server.ts';

const openTab = oneBrowserForAll();
const patience = { timeout: 20_000 };

async function openRecording(file: string, options?: TabOptions): Promise<InspectorPage> {
  const { link } = await anInspector(aWorld(), file);
  const seen = inspectorPage((await openTab(link, options)).page);
  await seen.page.locator('[data-state].active').first().waitFor();
  return seen;
}

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

describe('A chart that is too large for the page', () => {
  it('starts at a readable size at the active states, and follows them until it is moved', async () => {
    const seen = await openRecording(aRecording('assembly-line'));
    const stage = seen.page.locator('.chart-stage');
    const active = seen.page.locator('.leaf.active > .box');
    expect(await scaleOf(seen)).toBeGreaterThanOrEqual(60);
    await expect.poll(() => isSeenIn(active, stage), patience).toBe(true);

    await seen.goTo(20);
    await expect.poll(() => isSeenIn(active, stage), patience).toBe(true);

    await stage.focus();
    await seen.page.keyboard.press('ArrowRight');
    await seen.goTo(await seen.slider.evaluate((slider: { max: string }) => Number(slider.max)));
    expect(await isSeenIn(active, stage)).toBe(false);
  });

  it('is shown as a whole on request', async () => {
    const seen = await openRecording(aRecording('assembly-line'));
    await seen.page.getByRole('button', { name: 'Fit' }).click();
    await expect.poll(() => scaleOf(seen), patience).toBeLessThan(50);
    const picture = seen.page.locator('.chart-sheet > svg');
    expect(await isSeenIn(picture, seen.page.locator('.chart-stage'))).toBe(true);
  });
});

describe('The inspector without a server', () => {
  it('shows how to start one, and opens a recording', async () => {
    const { link } = await anInspector(aWorld());
    const { page } = await openTab(link);
    await page.getByRole('heading', { name: 'No servers yet' }).waitFor();
    await page.getByText('maitred serve --inspect').waitFor();
    const choosing = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Choose a file' }).click();
    await (await choosing).setFiles(aRecording('lifecycle'));
    await inspectorPage(page).untilActive('stopped');
    expect(await page.getByRole('heading', { name: 'No servers yet' }).count()).toBe(0);
  });
});

describe('A recording in the inspector', () => {
  it('has the name of its file', async () => {
    const file = aRecording('lifecycle');
    const seen = await openRecording(file);
    await seen.actor(basename(file)).waitFor();
  });
});

describe('A long text in a value', () => {
  it('is on one line until it is opened, then on several', async () => {
    const seen = await openRecording(aRecording('lifecycle'));
    await seen.actor('spawnProcess').last().click();
    const stack = seen.page.getByRole('tree', { name: 'Error' }).getByRole('treeitem', { name: /^stack/ });
    expect(await stack.textContent()).toMatch(/…$/);
    await stack.click();
    await expect.poll(() => stack.textContent(), patience).toMatch(/\n {4}at /);
    await stack.click();
    await expect.poll(() => stack.textContent(), patience).toMatch(/…$/);
  });
});

describe('The sequence', () => {
  it('shows the actors of its visible arrows only', async () => {
    const seen = await openRecording(aRecording('busy'));
    await seen.page.getByRole('tab', { name: 'Sequence' }).click();
    const actors = seen.page.getByRole('list', { name: 'Actors of the sequence' }).getByRole('listitem');
    await expect.poll(() => actors.allTextContents(), patience).toEqual(['outside', 'waiter', 'cook']);
  });

  it('truncates no text at its edges', async () => {
    const seen = await openRecording(aRecording('lifecycle'));
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
  it.each(['Actors', 'Chart', 'Context', 'Events', 'Sequence', 'Calls'])(
    'is not wider than it is: %s',
    async (name) => {
      const seen = await openRecording(aRecording('lifecycle'), { width: 420, height: 900 });
      await seen.page.getByRole('tab', { name }).click();
      await seen.goTo(200);
      expect(await seen.page.locator('html').evaluate((html) => html.scrollWidth)).toBe(420);
    },
  );
});

describe('The phase in the header', () => {
  it('is the active state of the chart, even if several phases began at the same time', async () => {
    const seen = await openRecording(aRecording('lifecycle'));
    for (let position = 280; position <= 307; position += 3) {
      await seen.goTo(position);
      const [active] = await seen.activeStates();
      expect(await seen.page.locator('.phase-now').textContent()).toBe(active);
    }
  });
});

describe('With forced colours', () => {
  it('signs keep the colours of their status', async () => {
    const seen = await openRecording(aRecording('recipe'));
    await seen.page.emulateMedia({ forcedColors: 'active' });
    // Just before the bye, at which all actors end.
    await seen.goTo((await seen.position()) - 2);
    const ofSign = (name: string) =>
      seen.page
        .locator(`.tree .sign.${name}`)
        .first()
        .evaluate((sign) => sign.ownerDocument.defaultView?.getComputedStyle(sign).backgroundColor);
    const colours = [await ofSign('active'), await ofSign('error')];
    expect(new Set(colours).size).toBe(2);
  });
});
