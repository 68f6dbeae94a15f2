import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** What a person sees and does in the page of the inspector, by its roles and names. */
export interface InspectorPage {
  readonly page: Page;
  /** The states that the chart shows as active, in the order of their words. */
  activeStates(): Promise<readonly string[]>;
  /** Settles when the chart shows these states as active, and no others. */
  untilActive(...states: readonly string[]): Promise<void>;
  /** Settles when the page says this about the connection, or as a notice. */
  untilSaid(words: string | RegExp): Promise<void>;
  readonly slider: Locator;
  /** The moment that is shown: so many messages have come before it. */
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
    async untilSaid(words) {
      const said = page.getByRole('status').or(page.getByRole('alert')).filter({ hasText: words });
      await said.first().waitFor({ timeout: patience.timeout });
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

/** The words of the active states of a value, those of their parents too, as the chart names them. */
export function statesOf(value: unknown, parent = ''): string[] {
  if (typeof value === 'string') return [`${parent}${value}`];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([state, inside]) => [
    `${parent}${state}`,
    ...statesOf(inside, `${parent}${state}.`),
  ]);
}
