import { describe, expect, it } from 'vitest';
import { findStates } from '../../inspector/model/find-states.ts';
import { aRecipe } from '../drawing/a-recipe.ts';

const chart = aRecipe();

describe('a state that is looked for', () => {
  it('is found by a part of its name, in any case, in order of life', () => {
    expect(findStates(chart, ' FI')).toEqual(['audit.fix', 'audit.fix.fixed']);
    expect(findStates(chart, 'zebra')).toEqual([]);
  });

  it('is found by its name, not by the names of what is around it', () => {
    expect(findStates(chart, 'audit')).toEqual(['audit']);
  });

  it('is found by its path where that is what was written', () => {
    expect(findStates(chart, 'fix.pa')).toEqual(['audit.fix.patch']);
  });

  it('is none as long as nothing was written', () => {
    expect(findStates(chart, '  ')).toEqual([]);
  });
});
