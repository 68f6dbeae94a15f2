import { describe, expect, it } from 'vitest';
import { activeWords, stateWords } from '../../inspector/model/state-words.ts';
import { collapseStates } from '../../src/drawing/collapse-states.ts';
import { aRecipe } from '../drawing/a-recipe.ts';

const chart = aRecipe();
const nodeOf = (path: string, of = chart) => {
  const node = of.nodes.find((one) => one.path.join('.') === path);
  if (node === undefined) throw new Error(`no ${path}`);
  return node;
};

describe('who hears a chart', () => {
  it('is told the name of a state, whether it is active, and what it is and runs', () => {
    expect(stateWords(nodeOf('prepare.clone'), true)).toBe('clone, active, runs clone');
    expect(stateWords(nodeOf('prepare.ready'), false)).toBe('ready, not active, an end');
    expect(stateWords(nodeOf('build'), false)).toBe('build, not active, regions side by side');
    expect(stateWords(nodeOf('plan.remembered'), false)).toBe('remembered, not active, remembers what was left last');
  });

  it('is told how much a closed state hides', () => {
    const closed = collapseStates(chart, new Set(['prepare']));
    expect(stateWords(nodeOf('prepare', closed), true)).toBe('prepare, active, closed, 4 states inside');
  });

  it('is told the innermost active states', () => {
    const active = new Set(['build', 'build.watch', 'build.watch.red', 'build.document', 'build.document.page1']);
    expect(activeWords(chart, active)).toBe('Active: build.document.page1, build.watch.red');
    expect(activeWords(chart, new Set())).toBe('No state is active');
  });
});
