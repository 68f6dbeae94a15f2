import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { openScene } from '../../support/open-scene.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The maximum number of Tab stops of a usable page. */
const mostStops = 100;

type Scheme = 'light' | 'dark';

/** The two schemes differ in nothing but colours. */
const optionsOf: Readonly<Record<Scheme, axe.RunOptions>> = {
  light: { resultTypes: ['violations'] },
  dark: { resultTypes: ['violations'], runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } },
};

/** The accessibility problems that axe-core finds, each with its element. */
async function seriousFaults(page: Page, colorScheme: Scheme): Promise<string[]> {
  await page.emulateMedia({ colorScheme });
  const { violations } = await page.evaluate(
    (options) => (globalThis as unknown as { axe: typeof axe }).axe.run(options),
    optionsOf[colorScheme],
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target}: ${failureSummary}`));
}

describe('The page, as axe-core reads it', () => {
  it.each([
    ['wide', 1440],
    ['narrow', 420],
  ])('has no serious fault when it is %s, light or dark, in any of its panels', async (_, width) => {
    const { page } = await openScene('calls', { width });
    await page.evaluate(axeSource);
    const expectNoFault = async (where: string) => {
      for (const scheme of ['light', 'dark'] as const)
        expect(await seriousFaults(page, scheme), `${where}, ${scheme}`).toEqual([]);
    };
    const tabs = page.getByRole('tab');
    await tabs.first().waitFor();
    for (const tab of await tabs.all()) {
      await tab.click();
      await page.getByRole('tabpanel').waitFor();
      await expectNoFault(await tab.innerText());
    }
    await page.getByRole('row', { name: 'npm-test was not found' }).click();
    await page.getByRole('region', { name: 'Chosen call' }).waitFor();
    await expectNoFault('a call');
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await expectNoFault('the keys');
  });
});

describe('A session, as axe-core reads it', () => {
  it.each([
    ['wide', 1440],
    ['narrow', 420],
  ])('has no serious fault on a %s page, light or dark, with a call and a text opened', async (_, width) => {
    const { page, actor } = await openScene('session', { width });
    await page.evaluate(axeSource);
    if (width < 860) await page.getByRole('tab', { name: 'Actors' }).click();
    await actor(/session \/make-plan/).click();
    await page.getByRole('tab', { name: 'Session' }).click();
    for (const summary of await page
      .getByRole('region', { name: /^Timeline of/ })
      .locator('summary')
      .all())
      await summary.click();
    await page.getByRole('tree', { name: 'Input of Write' }).waitFor();
    for (const scheme of ['light', 'dark'] as const) expect(await seriousFaults(page, scheme), scheme).toEqual([]);
    expect(await page.locator('html').evaluate((html) => html.scrollWidth)).toBe(width);
  });
});

describe('A keyboard user', () => {
  it('reaches all controls with Tab and the arrow keys', async () => {
    const seen = await openScene('lifecycle');
    await seen.untilActive('stopped');
    const focused = seen.page.locator(':focus');
    for (let reached = 0, isNew = true; isNew && reached < mostStops; reached += 1) {
      await seen.page.keyboard.press('Tab');
      // After the last control the browser itself has the focus.
      isNew = await focused.evaluateAll(([element]) => {
        const isReached = element?.hasAttribute('data-reached') ?? false;
        element?.setAttribute('data-reached', '');
        return !isReached;
      });
    }
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
    const seen = await openScene('lifecycle');
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
