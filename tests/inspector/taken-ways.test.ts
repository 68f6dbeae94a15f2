import { describe, expect, it } from 'vitest';
import { takenWays } from '../../inspector/model/taken-ways.ts';
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

describe('the path of the last transitions', () => {
  it('has the newest first, by the words of the states', () => {
    expect(takenWays([prepared, drafted], chart, open)).toEqual([
      { from: 'plan.draft', to: 'plan.review', eventType: drafted.event, age: 0 },
      { from: 'prepare', to: 'plan', eventType: prepared.event, age: 1 },
    ]);
  });

  it('has a way that was taken twice once, as young as it was taken last', () => {
    expect(takenWays([drafted, sentBack, drafted], chart, open).map(({ from, age }) => [from, age])).toEqual([
      ['plan.draft', 0],
      ['plan.review', 1],
    ]);
  });

  it('stays in its state where an event was answered without leaving it', () => {
    expect(takenWays([step('deliver.queue', 'NUDGE')], chart, open)).toMatchObject([
      { from: 'deliver.queue', to: null },
    ]);
  });

  it('shows every target of one that enters several regions', () => {
    const split = step('plan', 'GO', 'build.document.page3', 'build.watch.red');
    expect(takenWays([split], chart, open).map(({ to }) => to)).toEqual(['build.document.page3', 'build.watch.red']);
  });

  it('leads from and to a closed state, and what was taken within it is not seen', () => {
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
    expect(takenWays(taken, chart, closed)).toEqual([
      { from: 'prepare', to: 'failed', eventType: failed.event, age: 0 },
      { from: 'prepare', to: 'plan', eventType: prepared.event, age: 5 },
    ]);
  });
});
