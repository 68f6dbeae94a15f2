import { describe, expect, it } from 'vitest';
import { findStates } from '../../inspector/model/find-states.ts';
import { aRecipe } from '../drawing/a-recipe.ts';

const chart = aRecipe();

describe('a search for states', () => {
  it("finds part of a name, in upper or lower case, in the chart's order", () => {
    expect(findStates(chart, ' FI')).toEqual(['audit.fix', 'audit.fix.fixed']);
    expect(findStates(chart, 'zebra')).toEqual([]);
  });

  it('does not search the names of ancestors', () => {
    expect(findStates(chart, 'audit')).toEqual(['audit']);
  });

  it('searches the path if the text has a dot', () => {
    expect(findStates(chart, 'fix.pa')).toEqual(['audit.fix.patch']);
  });

  it('finds nothing for an empty text', () => {
    expect(findStates(chart, '  ')).toEqual([]);
  });
});
