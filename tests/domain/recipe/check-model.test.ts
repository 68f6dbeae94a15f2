import { describe, expect, it } from 'vitest';
import { checkModel } from '../../../src/domain/recipe/check-model.ts';
import { readGraph } from '../../../src/domain/recipe/read-graph.ts';
import type { RecipeFile } from '../../../src/domain/recipe/recipe.schema.ts';
import { graphOf, type Steps } from '../../fixtures/recipe-graph.ts';

const found = (steps: Steps, inputs?: RecipeFile['inputs']) =>
  checkModel(graphOf(steps, inputs)).map(({ rule, severity, step, at }) => [rule, severity, step, at.path.join('.')]);

const end: Steps[string] = { action: 'stop', message: 'The end.' };
const cmd = (more: Steps[string] = {}): Steps[string] => ({ tool: 'run_cmd', on_success: 'done', ...more });
const push = (more: Steps[string] = {}): Steps[string] => ({ tool: 'push_to_remote', on_success: 'done', ...more });
const ask = (more: Steps[string] = {}): Steps[string] => ({
  action: 'confirm',
  message: 'Push?',
  on_success: 'push',
  on_failure: 'end',
  ...more,
});

describe('the model check', () => {
  it('finds nothing in a recipe whose steps are all reached and lead to an end', () => {
    expect(found({ a: cmd({ on_success: 'b', on_failure: 'end' }), b: cmd(), end })).toEqual([]);
  });

  it('finds a step to which no route leads', () => {
    expect(found({ a: cmd(), b: cmd() })).toEqual([['unreachable-step', 'error', 'b', 'steps.b']]);
  });

  it('finds a route and a step that conditions exclude', () => {
    const steps: Steps = {
      a: cmd({
        capture: { verdict: `\${{ result.verdict }}` },
        on_success: undefined,
        on_result: [{ when: 'result.verdict == GO', route: 'b' }, { route: 'done' }],
      }),
      b: {
        action: 'route',
        on_result: [{ when: "context.verdict == 'NO GO'", route: 'c' }, { route: 'done' }],
      },
      c: cmd(),
    };
    expect(found(steps)).toEqual([
      ['unreachable-step', 'warning', 'c', 'steps.c'],
      ['dead-arm', 'warning', 'b', 'steps.b.on_result.0.route'],
    ]);
  });

  it.each([
    ['a number below, at and above the one that is compared', 'result.count > 3', 'result.count == 3'],
    ['the length of a list', 'result.files | length > 2', 'result.files | length == 2'],
    ['a value in JSON', "result.stdout | json | first == 'a'", 'result.stdout'],
    ['a value that is missing', 'not result.error', "result.error == 'lock'"],
    ['two values that are equal, and two that differ', 'result.a == result.b', 'result.a'],
    ['a choice between values', "('x' if result.deep else result.mode) == fast", 'result.deep'],
  ])('tries %s', (_, first, second) => {
    const arms = [{ when: first, route: 'b' }, { when: second, route: 'c' }, { route: 'done' }];
    expect(found({ a: cmd({ on_success: undefined, on_result: arms }), b: cmd(), c: cmd() })).toEqual([]);
  });

  it('tries what a failed step captures', () => {
    const steps: Steps = {
      a: cmd({ capture: { type: `\${{ result.type }}` }, on_failure: 'b' }),
      b: { action: 'route', on_result: [{ when: 'context.type == queued', route: 'c' }, { route: 'done' }] },
      c: cmd(),
    };
    expect(found(steps)).toEqual([]);
  });

  it('tries every input, and those that a boolean or a choice can have', () => {
    const steps = (value: string): Steps => ({
      a: { action: 'route', on_result: [{ when: `inputs.mode == ${value}`, route: 'b' }, { route: 'c' }] },
      b: cmd({ skip_when_false: 'inputs.audit' }),
      c: cmd(),
    });
    const inputs: RecipeFile['inputs'] = {
      mode: { type: 'choice', choices: ['deep', 'fast'], default: 'fast' },
      audit: { type: 'boolean', default: false },
    };
    expect(found(steps('deep'), inputs)).toEqual([]);
    expect(found(steps('slow'), inputs)).toEqual([
      ['unreachable-step', 'warning', 'b', 'steps.b'],
      ['dead-arm', 'warning', 'a', 'steps.a.on_result.0.route'],
    ]);
  });

  it('follows the result of a step through steps that only choose a route', () => {
    const steps: Steps = {
      a: cmd({ on_success: 'b' }),
      b: { action: 'route', on_result: [{ when: 'result.next == more', route: 'c' }, { route: 'done' }] },
      c: cmd({ on_success: 'b', max_visits: 3, on_exceeded: 'done' }),
    };
    expect(found(steps)).toEqual([]);
  });

  it('finds steps from which a run comes to no end but by its visits', () => {
    const steps: Steps = {
      a: cmd({ on_success: 'b', on_failure: 'b', retries: 0, on_exhausted: 'b' }),
      b: cmd({ on_success: 'a', on_failure: 'a', retries: 0, on_exhausted: 'a' }),
    };
    expect(found(steps)).toEqual([
      ['trap', 'error', 'a', 'steps.a'],
      ['unbounded-cycle', 'warning', 'a', 'steps.a'],
    ]);
    const [trap] = checkModel(graphOf(steps));
    expect(trap?.message).toBe('a run that comes to "a", "b" comes to no end');
  });

  it('finds a trap that only one value leads to', () => {
    const steps: Steps = {
      a: cmd({ capture: { mode: `\${{ result.mode }}` }, on_success: 'b' }),
      b: {
        action: 'route',
        on_result: [{ when: 'context.mode == loop', route: 'b' }, { route: 'done' }],
      },
    };
    expect(found(steps)).toEqual([
      ['trap', 'error', 'b', 'steps.b'],
      ['unbounded-cycle', 'warning', 'b', 'steps.b'],
    ]);
  });

  it('finds a cycle in which no step says how often it may be entered', () => {
    const steps = (fix: Steps[string]): Steps => ({
      test: cmd({ on_failure: 'fix' }),
      fix: cmd({ on_success: 'test', ...fix }),
    });
    expect(found(steps({}))).toEqual([['unbounded-cycle', 'warning', 'test', 'steps.test']]);
    expect(found(steps({ max_visits: 3 }))).toEqual([]);
  });

  it('finds a step that only visits lead to that no run has, and accepts the limit of visits', () => {
    expect(found({ a: cmd({ max_visits: 3, on_exceeded: 'end' }), end })).toEqual([
      ['unreachable-step', 'warning', 'end', 'steps.end'],
    ]);
  });

  it('finds a way to a push that avoids the gate in front of it, and names the way', () => {
    const steps: Steps = { test: cmd({ on_success: 'ask', on_failure: 'push' }), ask: ask(), push: push(), end };
    expect(found(steps)).toEqual([['avoided-gate', 'error', 'push', 'steps.push']]);
    const [avoided] = checkModel(graphOf(steps));
    expect(avoided?.message).toContain('without the yes of "ask": test > push');
  });

  it('says once for all steps that a gate can be avoided on the way to, if they may have to do with something else', () => {
    const steps: Steps = {
      test: cmd({ on_success: 'make', on_failure: 'ask' }),
      ask: ask({ on_success: 'make' }),
      make: cmd({ on_success: 'push' }),
      push: push({ on_success: 'merge' }),
      merge: push(),
      end,
    };
    expect(found(steps)).toEqual([['avoided-gate', 'warning', 'push', 'steps.push']]);
    expect(checkModel(graphOf(steps))[0]?.message).toContain('"push", "merge" push or merge, and a run can come there');
  });

  it.each([
    ['a push behind a gate', { test: cmd({ on_success: 'ask' }), ask: ask(), push: push(), end }],
    [
      'a push in front of a gate for something else',
      { push: push({ on_success: 'ask' }), ask: ask({ on_success: 'done' }), end },
    ],
    ['a recipe without gates', { push: push() }],
    ['a command that neither pushes nor merges', { a: cmd({ on_failure: 'push' }), ask: ask(), push: cmd() }],
  ] as const)('finds no avoided gate in %s', (_, steps) => {
    expect(found(steps).filter(([rule]) => rule === 'avoided-gate')).toEqual([]);
  });

  it('takes a gate that an input switches off for one that was passed', () => {
    const steps: Steps = { ask: ask({ skip_when_false: 'inputs.ask' }), push: push(), end };
    expect(found(steps, { ask: { type: 'boolean' } })).toEqual([]);
  });

  it.each(['git push --force', 'cd a && git -C b merge main', 'gh pr merge 7 --auto'])(
    'knows that `%s` pushes or merges',
    (text) => {
      const steps: Steps = {
        test: cmd({ on_success: 'ask', on_failure: 'push' }),
        ask: ask(),
        push: cmd({ with: { cmd: text } }),
        end,
      };
      expect(found(steps)).toEqual([['avoided-gate', 'error', 'push', 'steps.push']]);
    },
  );

  it('tells what is missing apart from other values only where a condition does', () => {
    const steps = (when: string): Steps => ({
      first: cmd({ capture: { flag: `\${{ result.flag }}` }, on_success: 'choose' }),
      choose: {
        action: 'route',
        on_result: [{ when, route: 'done' }, { when: 'context.flag', route: 'escalate' }, { route: 'end' }],
      },
      end,
    });
    expect(found(steps('context.flag == GO'))).toEqual([]);
    expect(found(steps("context.flag == ''"))).toEqual([]);
    expect(found(steps('not context.flag'))).toEqual([
      ['unreachable-step', 'warning', 'end', 'steps.end'],
      ['dead-arm', 'warning', 'choose', 'steps.choose.on_result.2.route'],
    ]);
  });

  it('tries every combination of the flags of a large recipe', () => {
    const flags = [...'abcdefgh'];
    const inputs = Object.fromEntries(flags.map((name) => [name, { default: 'true' }]));
    const steps = Object.fromEntries(
      flags.map((name, index) => [
        `step_${name}`,
        cmd({
          skip_when_false: `inputs.${name}`,
          capture: { [name]: `\${{ result.${name} }}` },
          on_success: index === flags.length - 1 ? 'choose' : `step_${flags[index + 1]}`,
        }),
      ]),
    );
    const choose: Steps[string] = {
      action: 'route',
      on_result: [
        ...flags.slice(0, 4).map((name) => ({ when: `context.${name} == true`, route: 'done' })),
        { route: 'escalate' },
      ],
    };
    expect(found({ ...steps, choose }, inputs)).toEqual([]);
  });

  it('says that it has not tried everything where that is too much', () => {
    const names = [...'abcdefghijklm'].map((letter) => `${letter}_is`);
    const steps: Steps = {
      first: cmd({
        capture: Object.fromEntries(names.map((name) => [name, `\${{ result.${name} }}`])),
        on_success: 'choose',
      }),
      choose: {
        action: 'route',
        on_result: [...names.map((name) => ({ when: `context.${name} == x`, route: 'done' })), { route: 'done' }],
      },
    };
    expect(found(steps)).toEqual([['model-too-large', 'warning', null, 'steps']]);
  });

  it('takes steps that are not executed yet for steps that end like others', () => {
    const steps: Steps = {
      sub: { sub_recipe: 'prefix', gate: 'sprint', on_success: 'end' },
      a: { python: 'a.b', on_success: 'end' },
      end,
    };
    expect(found(steps, { sprint: { default: 'false' } })).toEqual([]);
    const campaign = readGraph({ name: 'many', dispatches: [{ recipe: 'a' }] });
    expect(campaign === null ? null : checkModel(campaign)).toEqual([]);
  });
});
