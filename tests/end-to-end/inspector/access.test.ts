import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { oneBrowserForAll } from '../../support/a-browser.ts';
import { aRecording } from '../../support/a-recording.ts';
import { anInspector } from '../../support/an-inspector.ts';
import { inspectorPage } from '../../support/inspector-page.ts';
import { aWorld } from '../../support/spawned-server.ts';

const openTab = oneBrowserForAll();
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The maximum number of Tab stops of a usable page. */
const mostStops = 100;

/** The accessibility problems that axe-core finds, each with its element. */
async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target}: ${failureSummary}`));
}

describe('The page, as axe-core reads it', () => {
  it.each([
    ['wide and light', { colorScheme: 'light', width: 1440 }],
    ['wide and dark', { colorScheme: 'dark', width: 1440 }],
    ['narrow and light', { colorScheme: 'light', width: 420 }],
    ['narrow and dark', { colorScheme: 'dark', width: 420 }],
  ] as const)('has no serious fault when it is %s, in any of its panels', async (_, look) => {
    const { link } = await anInspector(aWorld(), aRecording('lifecycle'));
    const seen = inspectorPage((await openTab(link, look)).page);
    const tabs = seen.page.getByRole('tab');
    await tabs.first().waitFor();
    for (const tab of await tabs.all()) {
      await tab.click();
      await seen.page.getByRole('tabpanel').waitFor();
      expect(await seriousFaults(seen.page), await tab.innerText()).toEqual([]);
    }
    await seen.page.keyboard.press('?');
    await seen.page.getByRole('dialog').waitFor();
    expect(await seriousFaults(seen.page)).toEqual([]);
  });
});

describe('A keyboard user', () => {
  it('reaches all controls with Tab and the arrow keys', async () => {
    const { link } = await anInspector(aWorld(), aRecording('lifecycle'));
    const seen = inspectorPage((await openTab(link)).page);
    await seen.untilActive('stopped');
    const focused = seen.page.locator(':focus');
    do {
      await seen.page.keyboard.press('Tab');
      if ((await focused.count()) === 0) continue;
      if ((await focused.getAttribute('data-reached')) !== null) break;
      await focused.evaluate((element) => element.setAttribute('data-reached', ''));
    } while ((await seen.page.locator('[data-reached]').count()) < mostStops);
    const missed = seen.page
      .locator('button, input, select, summary, [tabindex="0"]')
      .and(seen.page.locator(':not([tabindex="-1"], :disabled, [data-reached])'))
      .filter({ visible: true });
    expect(await missed.evaluateAll((elements) => elements.map((element) => element.outerHTML.slice(0, 200)))).toEqual(
      [],
    );
    expect(await seen.page.locator('[role="tree"][data-reached]').count()).toBeGreaterThan(0);
  });

  it('chooses an actor in the tree, finds a state, and opens the list of keys', async () => {
    const { link } = await anInspector(aWorld(), aRecording('lifecycle'));
    const seen = inspectorPage((await openTab(link)).page);
    await seen.untilActive('stopped');
    await seen.page.keyboard.press('1');
    await pressUntilAt(seen.page, 'ArrowDown', 'startupTask, ended');
    await seen.page.keyboard.press('Enter');
    await pressUntilAt(seen.page, 'ArrowDown', 'task.backend');
    await seen.page.keyboard.press('Enter');
    await seen.untilActive('done');
    await seen.page.keyboard.press('/');
    await seen.page.keyboard.type('timed');
    await expect.poll(() => seen.page.locator('[data-state].match').getAttribute('data-state')).toBe('timedOut');
    await seen.page.keyboard.press('Tab');
    await seen.page.keyboard.press('?');
    await seen.page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await seen.page.keyboard.press('Escape');
    await expect.poll(() => seen.page.getByRole('dialog').count()).toBe(0);
  });
});

/** Moves the tree's cursor to an item with this text. */
async function pressUntilAt(page: Page, key: string, words: string): Promise<void> {
  const tree = page.getByRole('tree', { name: 'Servers and actors' });
  for (let press = 0; press < mostStops; press += 1) {
    const id = await tree.getAttribute('aria-activedescendant');
    if ((await page.locator(`[id="${id}"]`).textContent())?.includes(words)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`the tree has no ${words}`);
}
