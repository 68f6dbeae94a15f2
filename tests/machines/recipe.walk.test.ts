import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import type { RecipeGraph } from '../../src/domain/recipe/recipe-graph.ts';
import type { StepOutcome } from '../../src/domain/recipe/recipe-run.ts';
import { notProvided } from '../../src/machines/define-work.ts';
import { createRecipeMachine, type RecipeMachineInput, recipeWork } from '../../src/machines/recipe.machine.ts';
import { createCommandedClock } from '../fixtures/commanded-clock.ts';
import { commandWork } from '../fixtures/commanded-work.ts';
import { graphOf } from '../fixtures/recipe-graph.ts';
import { exploreChart, findEndless } from './exploration.ts';
import { recipeSteps, serializeRecipe } from './recipe-model.ts';
import { checkChart } from './static-checks.ts';
import { expectedSnapshots, planTours } from './tour.ts';

const graphs: Readonly<Record<string, RecipeGraph>> = {
  'a loop with a gate': graphOf({
    plan: { tool: 'run_skill', on_success: 'test', retries: 1, on_exhausted: 'give_up', on_context_limit: 'test' },
    test: { tool: 'test_check', retries: 0, on_success: 'approve', on_failure: 'fix' },
    fix: { tool: 'run_skill', retries: 0, max_visits: 2, on_exceeded: 'give_up', on_success: 'test' },
    approve: { action: 'confirm', message: 'Commit?', on_success: 'commit', on_failure: 'give_up' },
    commit: { tool: 'run_cmd', retries: 0, on_success: 'done' },
    give_up: { action: 'stop', message: 'No.' },
  }),
  'conditions and captures': graphOf({
    audit: {
      tool: 'run_skill',
      retries: 0,
      capture: { verdict: `\${{ result.verdict }}` },
      on_result: [
        { when: 'result.verdict == GO', route: 'pause' },
        { when: 'result.verdict == NO', route: 'choose' },
      ],
      on_failure: 'choose',
    },
    choose: {
      action: 'route',
      on_result: [{ when: 'context.verdict == NO', route: 'done' }, { route: 'escalate' }],
    },
    pause: { action: 'wait', on_success: 'value' },
    value: { constant: { verdict: 'GO' }, expect: 'result.verdict == GO', on_success: 'done' },
  }),
};

const input: RecipeMachineInput = { run: 1, inputs: {}, budgets: {}, from: null };

describe.each(Object.entries(graphs))('a recipe with %s', (_, graph) => {
  const machine = createRecipeMachine(graph, notProvided(recipeWork));

  it('is a chart with the same arms as its graph, in the same order', () => {
    for (const { name, arms } of graph.steps) {
      const { always = [], transitions, invoke } = machine.root.states[name] ?? {};
      const done = transitions?.get(`xstate.done.actor.${name}`) ?? [];
      const arrows = [...(always ?? []), ...done.slice(invoke?.length === 0 ? 0 : 1)];
      expect(arrows.map(({ target, guard }) => [target?.[0]?.key, guardName(guard)])).toEqual(
        arms.map(({ to, label }) => [to, label]),
      );
    }
  });

  it('is a chart without dead ends, with limits and descriptions', () => {
    const reached = new Set(graph.steps.flatMap(({ arms }) => arms.map(({ to }) => to)));
    const unused = ['$done', '$escalate'].filter((end) => !reached.has(end));
    expect(checkChart(machine.root)).toEqual(unused.map((end) => `no arrow leads to recipe.${end}`));
    expect(findEndless(exploreChart(machine, { input, events: recipeSteps, serialize: serializeRecipe }))).toEqual([]);
  });

  it('takes every edge as the chart says, with work that settles', async () => {
    const { tours, edges } = planTours({ machine, input, events: recipeSteps, serialize: serializeRecipe });
    const taken = new Set<string>();
    for (const tour of tours) {
      const expected = expectedSnapshots(machine, input, tour);
      const clock = createCommandedClock();
      const work = commandWork(recipeWork);
      const actor = createActor(createRecipeMachine(graph, work.actors), { input, clock });
      actor.start();
      for (const [index, { event, edge }] of tour.steps.entries()) {
        const latest = work.started.at(-1);
        if (event.type.startsWith('xstate.done')) latest?.resolve((event as { output?: StepOutcome }).output);
        else if (event.type.startsWith('xstate.error')) latest?.reject((event as { error?: unknown }).error);
        else if (event.type.startsWith('xstate.after')) clock.fire(() => true);
        else actor.send(event as never);
        await new Promise((resolve) => setImmediate(resolve));
        const { value, status, context, output } = actor.getSnapshot();
        const wanted = expected[index];
        expect({ value, status, context, output }).toEqual({
          value: wanted?.value,
          status: wanted?.status,
          context: wanted?.context,
          output: wanted?.output,
        });
        // Work that is no longer needed was told to stop.
        expect(work.started.slice(0, -1).filter(({ isRunning }) => isRunning)).toEqual([]);
        taken.add(edge);
      }
    }
    expect(taken.size).toBe(edges.size);
  });
});

const guardName = (guard: unknown) => (guard as { type?: string } | undefined)?.type;
