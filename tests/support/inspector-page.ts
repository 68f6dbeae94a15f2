import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** The page of the inspector as its user sees it, by roles and names. */
export interface InspectorPage {
  readonly page: Page;
  /** The paths of the states that the chart shows as active, sorted. */
  activeStates(): Promise<readonly string[]>;
  /** Settles when the chart shows these states as active, and no others. */
  untilActive(...states: readonly string[]): Promise<void>;
  /** Settles when the connection status or a notice has this text. */
  untilShown(text: string | RegExp): Promise<void>;
  readonly slider: Locator;
  /** The shown moment, as a number of messages. */
  position(): Promise<number>;
  isLive(): Promise<boolean>;
  /** Moves the slider to a moment. */
  goTo(position: number): Promise<void>;
  /** An item of the tree of servers and actors. */
  actor(name: string | RegExp): Locator;
}

const patience = { timeout: 20_000 };

export function inspectorPage(page: Page): InspectorPage {
  const slider = page.getByRole('slider', { name: 'Moment' });
  const time = page.locator('[data-moment]');
  const seen: InspectorPage = {
    page,
    slider,
    activeStates: () =>
      page
        .locator('[data-state].active')
        .evaluateAll((states) => states.map((state) => state.getAttribute('data-state') ?? '').sort()),
    untilActive: (...states) => expect.poll(() => seen.activeStates(), patience).toEqual([...states].sort()),
    async untilShown(text) {
      const shown = page.getByRole('status').or(page.getByRole('alert')).filter({ hasText: text });
      await shown.first().waitFor({ timeout: patience.timeout });
    },
    position: async () => Number(await time.getAttribute('data-position')),
    isLive: async () => (await time.getAttribute('data-moment')) === 'live',
    async goTo(position) {
      await slider.fill(String(position));
      await expect.poll(() => seen.position(), patience).toBe(position);
    },
    actor: (name) => page.getByRole('treeitem', { name }),
  };
  return seen;
}

/** The paths of the active states of a value and of their parents. */
export function statesOf(value: unknown, parent = ''): string[] {
  if (typeof value === 'string') return [`${parent}${value}`];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([state, inside]) => [
    `${parent}${state}`,
    ...statesOf(inside, `${parent}${state}.`),
  ]);
}
