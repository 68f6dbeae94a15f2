import { describe, expect, it } from 'vitest';
import { describeActiveStates, describeState } from '../../inspector/model/describe-state.ts';
import { collapseStates } from '../../src/drawing/collapse-states.ts';
import { aRecipe } from '../drawing/a-recipe.ts';

const chart = aRecipe();
const nodeOf = (path: string, of = chart) => {
  const node = of.nodes.find((one) => one.path.join('.') === path);
  if (node === undefined) throw new Error(`no ${path}`);
  return node;
};

describe('a screen reader', () => {
  it('gets the name of a state, whether it is active, its type and its actors', () => {
    expect(describeState(nodeOf('prepare.clone'), true)).toBe('clone, active, runs clone');
    expect(describeState(nodeOf('prepare.ready'), false)).toBe('ready, not active, final');
    expect(describeState(nodeOf('build'), false)).toBe('build, not active, parallel');
    expect(describeState(nodeOf('plan.remembered'), false)).toBe('remembered, not active, history');
  });

  it('gets the time that a state was active, if it is known', () => {
    expect(describeState(nodeOf('prepare.ready'), false, 1_234)).toBe('ready, was active for 1.2 s, final');
  });

  it('gets the number of states that a collapsed state hides', () => {
    const closed = collapseStates(chart, new Set(['prepare']));
    expect(describeState(nodeOf('prepare', closed), true)).toBe('prepare, active, collapsed, 4 states inside');
  });

  it('gets the innermost active states', () => {
    const active = new Set(['build', 'build.watch', 'build.watch.red', 'build.document', 'build.document.page1']);
    expect(describeActiveStates(chart, active)).toBe('Active: build.document.page1, build.watch.red');
    expect(describeActiveStates(chart, new Set())).toBe('No state is active');
  });
});
