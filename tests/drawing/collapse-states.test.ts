import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import { layOutChart } from '../../inspector/model/lay-out-chart.ts';
import { edgeLabel } from '../../src/drawing/arrow.ts';
import type { Chart } from '../../src/drawing/chart.ts';
import { collapseStates } from '../../src/drawing/collapse-states.ts';
import { describeChart } from '../../src/drawing/describe-chart.ts';
import { drawSvg } from '../../src/drawing/draw-svg.ts';
import { aChart } from './a-chart.ts';
import { aRecipe } from './a-recipe.ts';
import { findPictureFaults } from './picture-faults.ts';

const recipe = aRecipe();
const pathsIn = ({ nodes }: Chart) => nodes.map(({ path }) => path.join('.'));
const waysIn = ({ edges }: Chart) => edges.map((edge) => `${edge.fromId} → ${edge.toId}: ${edgeLabel(edge)}`);

const oven = describeChart(
  createMachine({
    id: 'oven',
    initial: 'off',
    states: {
      off: { on: { LIGHT: '#oven.on.hot.baking' } },
      on: {
        initial: 'warming',
        invoke: { id: 'fan', src: 'fan' },
        on: { KICK: '.warming', LOOK: {}, RESET: { target: 'on', reenter: true } },
        states: {
          warming: { invoke: { id: 'heat', src: 'heat', onDone: 'hot', onError: '#oven.broken' } },
          hot: {
            initial: 'idle',
            states: { idle: { on: { BAKE: 'baking' } }, baking: { on: { BURN: '#oven.broken', DONE: {} } } },
          },
        },
      },
      broken: { type: 'final' },
    },
  } as object).root,
);

describe('a chart with a collapsed state', () => {
  const closed = collapseStates(oven, new Set(['on']));

  it('shows the state without its descendants, and their number', async () => {
    expect(pathsIn(closed)).toEqual(['', 'off', 'on', 'broken']);
    const svg = drawSvg(closed, await layOutChart(closed), 'light');
    expect(svg).toContain('>4 states inside</text>');
    expect(svg).toContain('data-invoke="fan"');
    expect(svg).not.toContain('data-invoke="heat"');
  });

  it('moves the edges of hidden states to the collapsed one', () => {
    expect(waysIn(closed).sort()).toEqual([
      'oven.off → oven.on: LIGHT',
      'oven.on → null: LOOK',
      'oven.on → oven.broken: BURN',
      'oven.on → oven.broken: heat failed',
      'oven.on → oven.on: RESET',
    ]);
  });

  it('names the first of many edges to another state, and counts the others', () => {
    const states = Object.fromEntries(
      ['a', 'b', 'c', 'd', 'e'].map((name) => [name, { invoke: { id: name, src: name, onError: '#many.failed' } }]),
    );
    const many = createMachine({
      id: 'many',
      initial: 'work',
      states: { work: { initial: 'a', states }, failed: { type: 'final' } },
    } as object);
    expect(waysIn(collapseStates(describeChart(many.root), new Set(['work'])))).toEqual([
      'many.work → many.failed: a failed',
      'many.work → many.failed: b failed',
      'many.work → many.failed: 3 others',
    ]);
  });

  it('shows only the outer one of two nested collapsed states', () => {
    expect(collapseStates(oven, new Set(['on', 'on.hot']))).toEqual(closed);
    const inner = collapseStates(oven, new Set(['on.hot']));
    expect(pathsIn(inner)).toEqual(['', 'off', 'on', 'on.warming', 'on.hot', 'broken']);
    expect(waysIn(inner)).toContain('oven.off → oven.on.hot: LIGHT');
  });

  it('is unchanged if there is nothing to collapse', () => {
    expect(collapseStates(oven, new Set())).toBe(oven);
    expect(collapseStates(oven, new Set(['off', 'nowhere', '']))).toBe(oven);
  });
});

describe('any chart with any states collapsed', () => {
  it('has a picture without layout errors or dangling arrows', async () => {
    await fc.assert(
      fc.asyncProperty(aChart, fc.infiniteStream(fc.boolean()), async (chart, coins) => {
        const paths = new Set(pathsIn(chart).filter(() => coins.next().value === true));
        const closed = collapseStates(chart, paths);
        const shown = new Set(closed.nodes.map(({ id }) => id));
        for (const { fromId, toId } of closed.edges) {
          expect(shown).toContain(fromId);
          if (toId !== null) expect(shown).toContain(toId);
        }
        for (const { parentId, initialId } of closed.nodes)
          for (const id of [parentId, initialId]) if (id !== null) expect(shown).toContain(id);
        const hidden = closed.nodes.reduce((sum, { hiddenStates = 0 }) => sum + hiddenStates, 0);
        expect(closed.nodes.length + hidden).toBe(chart.nodes.length);
        expect(findPictureFaults(closed, await layOutChart(closed))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('becomes smaller: a recipe with all its boxes collapsed fits on a page', async () => {
    const outermost = new Set(recipe.nodes.filter(({ path }) => path.length === 1).map(({ path }) => path.join('.')));
    const closed = collapseStates(recipe, outermost);
    const [before, after] = [await layOutChart(recipe), await layOutChart(closed)];
    expect(after.width * after.height).toBeLessThan((before.width * before.height) / 4);
  });
});
