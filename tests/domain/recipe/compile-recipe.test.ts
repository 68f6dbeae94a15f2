import { describe, expect, it } from 'vitest';
import { readGraph } from '../../../src/domain/recipe/read-graph.ts';
import { graphOf, type Steps } from '../../fixtures/recipe-graph.ts';

/** The arms of a step, without those that hold for every step. */
const arms = (steps: Steps, name: string) =>
  (graphOf(steps).steps.find((step) => step.name === name)?.arms ?? []).map(
    ({ cause, to, label, path }) => `${cause} > ${to} (${label})${path === null ? '' : ` at ${path.join('.')}`}`,
  );

const end: Steps[string] = { action: 'stop', message: 'The end.' };

describe('a compiled recipe', () => {
  it('is plain JSON', () => {
    const graph = graphOf({
      a: {
        tool: 'run_cmd',
        with: { cmd: `\${{ inputs.a }}`, list: ['x', 1, null] },
        on_result: [{ when: 'result.a', route: 'done' }],
      },
      end,
    });
    expect(JSON.parse(JSON.stringify(graph))).toEqual(graph);
  });

  it('has the arms of a step in the order in which they are tried, with the places where they are written', () => {
    const steps: Steps = {
      a: {
        tool: 'run_skill',
        on_result: [
          { when: 'result.verdict == GO', route: 'end' },
          { when: true, route: 'done' },
        ],
        on_failure: 'escalate',
        on_context_limit: 'end',
        retries: 2,
        on_exhausted: 'end',
        max_visits: 3,
        on_exceeded: 'end',
        skip_when_false: 'inputs.a',
      },
      end,
    };
    expect(arms(steps, 'a')).toEqual([
      'exceeded > end (entered more than 3 times) at steps.a.on_exceeded',
      'skipped > $done (not inputs.a)',
      'context_limit > end (context limit) at steps.a.on_context_limit',
      'retry > a (retry)',
      'exhausted > end (no retries left) at steps.a.on_exhausted',
      'failure > $escalate (failure) at steps.a.on_failure',
      'success > end (result.verdict == GO) at steps.a.on_result.0.route',
      'success > $done (otherwise) at steps.a.on_result.1.route',
    ]);
  });

  it('says what follows where the recipe does not', () => {
    expect(arms({ a: { tool: 'run_cmd', on_result: [{ when: 'result.a', route: 'a' }] } }, 'a')).toEqual([
      'exceeded > $budget_exhausted (entered more than 20 times)',
      'retry > a (retry)',
      'exhausted > $escalate (no retries left)',
      'failure > $escalate (failure)',
      'success > a (result.a) at steps.a.on_result.0.route',
      'no_route > $escalate (no route)',
    ]);
    expect(arms({ a: { tool: 'run_cmd', retries: 0 } }, 'a')).toContain('success > $done (success)');
  });

  it('ends at done and escalate, unless steps have these names', () => {
    const steps: Steps = { a: { tool: 'run_cmd', on_success: 'done', on_failure: 'escalate' } };
    expect(arms(steps, 'a')).toContain('success > $done (success) at steps.a.on_success');
    expect(arms({ ...steps, done: end, escalate: end }, 'a')).toEqual(
      expect.arrayContaining([
        'success > done (success) at steps.a.on_success',
        'failure > escalate (failure) at steps.a.on_failure',
      ]),
    );
  });

  it('compares the field of old routes, whatever its name is', () => {
    const steps: Steps = {
      a: { tool: 'run_cmd', on_result: { field: 'the field', routes: { GO: 'done', "it's": 'end' } } },
      end,
    };
    expect(arms(steps, 'a').slice(-3)).toEqual([
      "success > $done (result.the field == 'GO') at steps.a.on_result.routes.GO",
      "success > end (result.the field == 'it's') at steps.a.on_result.routes.it's",
      'no_route > $escalate (no route)',
    ]);
  });

  it.each([
    [{ python: 'a.b' }, 'calls a Python function'],
    [{ for_each: { in: 'x' } }, 'runs steps for each item of a list'],
    [{ parallel: [] }, 'runs steps at the same time'],
    [{ call: { recipe: 'x' } }, 'runs another recipe'],
    [{ sub_recipe: 'x', gate: 'a', on_success: 'done' }, 'stands for the steps of another recipe'],
  ] as const)('refuses %j with a sentence', (step, what) => {
    const [compiled] = graphOf({ a: step as Steps[string] }).steps;
    expect(compiled?.refusal).toBe(
      `The step a ${what}, which this version of maitred does not do: use a tool step, or a later version.`,
    );
    expect(compiled?.arms).toContainEqual(expect.objectContaining({ cause: 'refused', to: '$faulted' }));
  });

  it('refuses a campaign with a sentence', () => {
    const graph = readGraph({ name: 'many', dispatches: [{ recipe: 'a' }] });
    expect(graph?.steps.map(({ kind, refusal }) => [kind, refusal])).toEqual([
      ['refused', 'The recipe is a campaign, which this version of maitred does not run: run its recipes one by one.'],
    ]);
  });

  it('goes on behind a sub-recipe that its gate leaves out with the step that is written next', () => {
    const steps: Steps = { sub: { sub_recipe: 'x', gate: 'a', on_success: 'done' }, a: end };
    expect(arms(steps, 'sub')).toContain('skipped > a (not inputs.a)');
  });
});
