import { describe, expect, it } from 'vitest';
import { fromPromise, setup, spawnChild } from 'xstate';
import { describeChart } from '../../src/drawing/describe-chart.ts';
import { toMermaid } from '../../src/drawing/to-mermaid.ts';
import { toStateTable } from '../../src/drawing/to-state-table.ts';

const work = fromPromise(async () => undefined);

/** Has one of each: boxes, regions, a guard, a delay, an invoke, a spawn, an arrow into its own box. */
const machine = setup({
  actors: { bake: work, watch: work },
  actions: { greet: () => undefined },
  guards: { isHungry: () => true },
  delays: { patience: 100 },
}).createMachine({
  id: 'meal',
  description: 'A meal.',
  initial: 'order',
  on: { LEAVE: '.gone', NOTE: {} },
  states: {
    order: {
      description: 'Takes the | order.',
      entry: ['greet', spawnChild('watch', { id: 'eye' })],
      on: { ORDERED: [{ guard: 'isHungry', target: 'meal' }, { target: 'gone' }] },
      after: { patience: 'gone', 5000: 'gone' },
    },
    meal: {
      type: 'parallel',
      states: {
        pizza: {
          initial: 'baking',
          states: {
            baking: { invoke: { src: 'bake', id: 'oven', onDone: 'done', onError: '#meal.gone' } },
            done: { type: 'final' },
          },
        },
        wine: { initial: 'open', states: { open: { always: 'done' }, done: { type: 'final' } } },
      },
      onDone: 'gone',
    },
    gone: { description: 'Over.', type: 'final' },
  },
});

describe('a chart', () => {
  const chart = describeChart(machine.root);

  it('is described by plain data', () => {
    expect(JSON.parse(JSON.stringify(chart))).toEqual(chart);
    expect(chart.nodes.map(({ path }) => path.join('.'))).toEqual([
      '',
      'order',
      'meal',
      'meal.pizza',
      'meal.pizza.baking',
      'meal.pizza.done',
      'meal.wine',
      'meal.wine.open',
      'meal.wine.done',
      'gone',
    ]);
  });

  it('is drawn for Mermaid, boxes in boxes', () => {
    expect(toMermaid(chart)).toBe(`stateDiagram-v2
  state "any state" as meal__any
  state "order" as meal_order
  state "meal" as meal_meal {
    state "pizza" as meal_meal_pizza {
      state "baking" as meal_meal_pizza_baking
      state "done" as meal_meal_pizza_done
      [*] --> meal_meal_pizza_baking
      meal_meal_pizza_done --> [*]
    }
    --
    state "wine" as meal_meal_wine {
      state "open" as meal_meal_wine_open
      state "done" as meal_meal_wine_done
      [*] --> meal_meal_wine_open
      meal_meal_wine_done --> [*]
    }
  }
  state "gone" as meal_gone
  [*] --> meal_order
  meal_gone --> [*]
  meal__any --> meal_gone : LEAVE
  meal_order --> meal_meal : ORDERED [isHungry]
  meal_order --> meal_gone : ORDERED [otherwise]<br/>after 5000 ms<br/>after patience
  meal_meal --> meal_gone : meal done
  meal_meal_pizza_baking --> meal_meal_pizza_done : oven done
  meal_meal_pizza_baking --> meal_gone : oven failed
  meal_meal_wine_open --> meal_meal_wine_done : at once
`);
  });

  it('is written as a table of its states', () => {
    const rows = toStateTable(chart).split('\n');
    expect(rows.slice(0, 4)).toEqual([
      '| state | description | work | leads to |',
      '| --- | --- | --- | --- |',
      '| *in every state* |  |  | `gone`: LEAVE<br>stays: NOTE |',
      '| `order` | Takes the \\| order. | starts `watch`<br>on entry `greet` | `meal`: ORDERED [isHungry]<br>`gone`: ORDERED [otherwise], after 5000 ms, after patience |',
    ]);
    expect(rows).toContain(
      '| `meal.pizza.baking` |  | runs `oven (bake)` | `meal.pizza.done`: oven done<br>`gone`: oven failed |',
    );
    expect(rows).toContain('| `meal.pizza.done` |  |  | the end of its parent |');
    expect(rows).toContain('| `gone` | Over. |  | the end |');
  });
});
