import { describe, expect, it } from 'vitest';
import { takenArrows } from '../../inspector/model/taken-arrows.ts';
import type { TakenTransition } from '../../src/domain/inspection.ts';
import { aRecipe } from '../drawing/a-recipe.ts';

const chart = aRecipe();
const open = new Set<string>();

const step = (source: string, event: string, ...targets: string[]): TakenTransition => ({
  source: `recipe.${source}`,
  event,
  targets: targets.map((target) => `recipe.${target}`),
});

const prepared = step('prepare', 'xstate.done.state.recipe.prepare', 'plan');
const drafted = step('plan.draft', 'xstate.done.actor.draftPlan', 'plan.review');
const sentBack = step('plan.review', 'NEEDS_WORK', 'plan.draft');

describe('the arrows of the last transitions', () => {
  it('are sorted by age, the newest first', () => {
    expect(takenArrows([prepared, drafted], chart, open)).toEqual([
      { from: 'plan.draft', to: 'plan.review', eventType: drafted.event, age: 0 },
      { from: 'prepare', to: 'plan', eventType: prepared.event, age: 1 },
    ]);
  });

  it('contain an arrow that was taken twice once, with its last age', () => {
    expect(takenArrows([drafted, sentBack, drafted], chart, open).map(({ from, age }) => [from, age])).toEqual([
      ['plan.draft', 0],
      ['plan.review', 1],
    ]);
  });

  it('have no target if the transition did not leave its state', () => {
    expect(takenArrows([step('deliver.queue', 'NUDGE')], chart, open)).toMatchObject([
      { from: 'deliver.queue', to: null },
    ]);
  });

  it('include every target of a transition into several regions', () => {
    const split = step('plan', 'GO', 'build.document.page3', 'build.watch.red');
    expect(takenArrows([split], chart, open).map(({ to }) => to)).toEqual(['build.document.page3', 'build.watch.red']);
  });

  it('begin and end at a collapsed state, and omit transitions inside it', () => {
    const closed = new Set(['plan', 'prepare']);
    const failed = step('prepare.clone', 'xstate.error.actor.clone', 'failed');
    const taken = [
      prepared,
      drafted,
      sentBack,
      step('plan.review', 'STAYS'),
      step('plan', 'INWARD', 'plan.draft'),
      failed,
    ];
    expect(takenArrows(taken, chart, closed)).toEqual([
      { from: 'prepare', to: 'failed', eventType: failed.event, age: 0 },
      { from: 'prepare', to: 'plan', eventType: prepared.event, age: 5 },
    ]);
  });
});
