import { describe, expect, it } from 'vitest';
import { whyDisabled } from '../../src/domain/skill-packs.ts';

const why = (categories: readonly string[], disabledCategories: readonly string[], enabledPacks: readonly string[]) =>
  whyDisabled(categories, { disabledCategories, enabledPacks });

describe('whether a skill is offered', () => {
  it('is yes without a category, in a pack that is on, and with a category that is no pack', () => {
    for (const categories of [[], ['github'], ['my-own']]) expect(why(categories, [], [])).toBeNull();
  });

  it('depends on packs.enabled for a pack that is off', () => {
    expect(why(['research'], [], [])).toBe('the pack research is not enabled; add it to packs.enabled');
    expect(why(['research'], [], ['research'])).toBeNull();
    expect(why(['research', 'vis-lens'], [], ['research'])).toContain('vis-lens');
  });

  it('is no for a category in subsets.disabled, whatever packs.enabled says', () => {
    expect(why(['github'], ['github'], [])).toBe('its category github is in subsets.disabled; remove it there');
    expect(why(['research'], ['research'], ['research'])).toContain('subsets.disabled');
  });
});
