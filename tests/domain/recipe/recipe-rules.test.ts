import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRecipeFile } from '../../../src/services/recipes/read-recipe-file.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { baseRecipe, changedRecipe } from './base-recipe.ts';

/** The findings of a recipe; the place of each as what stands there, up to the end of the line. */
function findingsOf(text: string) {
  const path = join(tempFolder(), 'a.yaml');
  writeFileSync(path, text);
  return readRecipeFile(path).findings.map(({ file, line, col, ...finding }) => {
    expect(file).toBe(path);
    return { ...finding, at: (text.split('\n')[line - 1] ?? '').slice(col - 1) };
  });
}

/** [rule, severity, step, text, what takes its place, what stands at the place of the finding, message and fix] */
type Row = readonly [string, 'error' | 'warning', string | null, string, string, string, string];

const ask = 'action: confirm, message: Go on?, on_success: done, on_failure: halt';
const rows: readonly Row[] = [
  [
    'key-without-effect',
    'warning',
    'halt',
    '{action: stop,',
    '{action: stop, skip_when_false: inputs.deep,',
    'skip_when_false',
    'skip_when_false has no effect; choose with a route in front of it',
  ],
  [
    'key-without-effect',
    'warning',
    'halt',
    '{action: stop,',
    '{action: stop, on_success: done,',
    'on_success',
    'on_success has no effect; remove it',
  ],
  ['missing-name', 'error', null, 'name: base', 'summary: base', 'summary: ', 'has no name; add name: at the top'],
  ['no-steps', 'error', null, baseRecipe.slice(baseRecipe.indexOf('steps:')), '', 'name: ', 'has no steps; add steps:'],
  ['no-kitchen-rules', 'warning', null, 'kitchen_rules: [Use no other tools.]', '', 'name: base', 'add kitchen_rules:'],
  ['no-kitchen-rules', 'warning', null, '[Use no other tools.]', '[]', '[]', 'add kitchen_rules:'],
  [
    'bad-name',
    'error',
    null,
    '  deep:',
    '  5th: {}\n  deep:',
    '5th: ',
    '"5th" cannot be a name in ingredients; write a letter',
  ],
  ['bad-name', 'error', null, 'name: base', 'name: a/b', 'a/b', 'cannot be called "a/b"; write a name without /'],
  ['bad-name', 'error', null, 'name: base', 'name: "a\\eb"', '"a', 'without / and control characters'],
  [
    'bad-name',
    'error',
    'to do',
    '  halt:',
    '  to do: {action: stop, message: x}\n  halt:',
    'to do: ',
    '"to do" cannot be',
  ],
  [
    'bad-name',
    'error',
    '__proto__',
    '  halt:',
    '  __proto__: {action: stop, message: x}\n  halt:',
    '__proto__: ',
    'choose another name',
  ],
  [
    'bad-name',
    'error',
    'plan',
    'cwd: /work}',
    'cwd: [{__proto__: 1}]}',
    '__proto__: ',
    'steps.plan.with.cwd[0]; choose',
  ],
  [
    'bad-name',
    'error',
    'plan',
    '{plan: ',
    `{a b: "\${{ result.a }}", plan: `,
    'a b: ',
    '"a b" cannot be a name in steps.plan.capture',
  ],
  [
    'bad-name',
    'error',
    'plan',
    'tool: run_skill',
    'name: plann\n    tool: run_skill',
    'plann',
    'write "plan", or remove',
  ],
  [
    'bad-name',
    'error',
    null,
    'steps:',
    'inputs: {task: {}, deep: {}}\nsteps:',
    'ingredients:',
    'move all of them to inputs',
  ],
  [
    'input-type',
    'error',
    null,
    'default: false',
    'default: 2',
    '2}',
    'default of "deep" is "2"; expected true or false',
  ],
  ['input-type', 'error', null, 'default: false', 'default: on', 'on}', 'is "on"; expected true or false'],
  [
    'input-type',
    'error',
    null,
    'boolean, default: false',
    'number, default: many',
    'many}',
    'is "many"; expected a number',
  ],
  ['input-type', 'error', null, 'boolean, default: false', 'choice', 'choice}', 'has no choices; add choices:'],
  [
    'input-type',
    'error',
    null,
    'boolean, default: false',
    'choice, default: c, choices: [a, b]',
    'c, choices',
    'expected one of a, b',
  ],
  ['input-type', 'error', null, 'boolean, default: false', 'path, choices: [a]', 'choices: ', 'write type: choice'],
  ['step-kind', 'error', 'ask', ask, 'message: x', 'ask: ', 'the step "ask" does nothing; add one of tool, action,'],
  [
    'step-kind',
    'error',
    'ask',
    'action: confirm',
    'action: confirm, tool: run_cmd',
    'action: ',
    'has tool and action; keep one',
  ],
  [
    'incomplete-sub-recipe',
    'error',
    'ask',
    ask,
    'sub_recipe: more, on_success: halt',
    'ask: ',
    'has no gate; add gate:',
  ],
  [
    'incomplete-sub-recipe',
    'error',
    'ask',
    ask,
    'sub_recipe: more, gate: dep, on_success: halt',
    'dep, ',
    'did you mean deep?',
  ],
  ['incomplete-sub-recipe', 'error', 'ask', ask, 'sub_recipe: more, gate: deep', 'ask: ', 'has no on_success; add'],
  [
    'python-without-module',
    'error',
    'ask',
    ask,
    'python: check, on_success: halt',
    'check, ',
    'write package.module.function',
  ],
  ['stop-without-message', 'error', 'halt', ', message: It ended.', '', 'halt: ', 'add message:'],
  ['stop-without-message', 'error', 'halt', 'message: It ended.', 'message: " "', '" "', 'add message:'],
  [
    'incomplete-confirm',
    'error',
    'ask',
    'message: Go on?, ',
    '',
    'ask: ',
    'without message; add message: with the question',
  ],
  ['incomplete-confirm', 'error', 'ask', ', on_success: done', '', 'ask: ', 'without on_success; add'],
  ['incomplete-confirm', 'error', 'ask', ', on_failure: halt}', '}', 'ask: ', 'without on_failure; add'],
  [
    'unknown-target',
    'error',
    'plan',
    'on_success: check',
    'on_success: chek',
    'chek',
    'no step "chek"; did you mean check?',
  ],
  [
    'unknown-target',
    'error',
    'check',
    'on_failure: escalate',
    'on_failure: nowhere',
    'nowhere',
    'name a step, done or escalate',
  ],
  ['unknown-target', 'error', 'check', 'route: ask', 'route: askk', 'askk}', 'did you mean ask?'],
  [
    'unknown-target',
    'error',
    'plan',
    'on_success: check',
    'on_context_limit: x\n    on_success: check',
    'x',
    'no step "x"',
  ],
  [
    'unknown-target',
    'error',
    'plan',
    'on_success: check',
    'on_exhausted: x\n    on_success: check',
    'x',
    'no step "x"',
  ],
  [
    'unknown-target',
    'error',
    'plan',
    'on_success: check',
    'on_exceeded: constructor\n    on_success: check',
    'constructor',
    'no step',
  ],
  [
    'unknown-target',
    'error',
    'plan',
    'on_success: check',
    'on_result: {field: a, routes: {b: chek}}',
    'chek}',
    'did you mean check?',
  ],
  [
    'result-and-success',
    'error',
    'check',
    '    on_result:',
    '    on_success: ask\n    on_result:',
    'on_success: ',
    'remove on_success',
  ],
  [
    'capture-without-result',
    'error',
    'plan',
    `\${{ result.plan_path }}`,
    'plan.md',
    '"plan.md"',
    'names no key of the result',
  ],
  ['capture-without-result', 'error', 'plan', `"\${{ result.plan_path }}"`, '5', '5}', 'names no key of the result'],
  [
    'capture-without-result',
    'error',
    'plan',
    `result.plan_path`,
    'inputs.task',
    'inputs.task',
    'reads inputs, and not the result',
  ],
  [
    'undeclared-input',
    'error',
    'plan',
    'inputs.task',
    'inputs.tusk',
    'inputs.tusk }}',
    '"tusk" is not an input of the recipe; did you mean task?',
  ],
  [
    'undeclared-input',
    'error',
    'check',
    'result.verdict == GO',
    'inputs.constructor',
    'inputs.constructor',
    'declare it in ingredients',
  ],
  ['context-before-capture', 'error', 'check', 'context.plan', 'context.plans', 'context.plans', 'did you mean plan?'],
  ['context-before-capture', 'error', 'plan', 'inputs.task', 'context.plan', 'context.plan', 'a later one does'],
  ['unreadable-when', 'error', 'check', 'result.verdict == GO', 'result.verdict = GO', '= GO', 'write =='],
  [
    'unreadable-when',
    'error',
    'check',
    'result.verdict == GO',
    'remaining phases exist',
    'phases exist',
    'cannot stand here; ',
  ],
  [
    'unreadable-when',
    'error',
    'check',
    'when: result.verdict == GO',
    "when: 'result.v == ''a b'",
    "''a b'",
    'never closed',
  ],
  [
    'unreadable-when',
    'error',
    'plan',
    'on_success: check',
    'expect: "!"\n    on_success: check',
    '"',
    'ends too early',
  ],
  [
    'unreadable-template',
    'error',
    'plan',
    `\${{ inputs.task }}`,
    `\${{ inputs.task`,
    `\${{ inputs.task"`,
    'is never closed; write }}',
  ],
  [
    'unreadable-template',
    'error',
    'check',
    `"cat \${{ context.plan }}"`,
    `"cat \\"a\\" \${{ x y }}"`,
    'y }}',
    'cannot stand here',
  ],
  [
    'bare-word',
    'error',
    'check',
    'result.verdict == GO',
    'verdict == GO',
    'verdict == GO',
    'write result.verdict for a value',
  ],
  ['bare-word', 'error', 'plan', 'inputs.task', 'task', 'task }}', `or 'task' for the text`],
  [
    'context-before-capture',
    'error',
    'ask',
    'message: Go on?',
    `message: "\${{ context.plam }}"`,
    'context.plam',
    'no step captures "plam"; did you mean plan?',
  ],
  [
    'result-too-early',
    'warning',
    'plan',
    'inputs.task',
    'result.task',
    'result.task',
    'capture the value in an earlier step',
  ],
  ['dead-arm', 'warning', 'check', 'result.verdict == GO', 'true', '{route: halt}', 'behind number 1 are never taken'],
  [
    'dead-arm',
    'warning',
    'check',
    'when: result.verdict == GO, ',
    '',
    '{route: halt}',
    'behind number 1 are never taken',
  ],
  [
    'optional-without-skip-when',
    'error',
    'check',
    '    skip_when_false: inputs.deep\n',
    '',
    'optional: true',
    'add skip_when_false',
  ],
  ['skip-when-false-undeclared', 'error', 'check', 'inputs.deep', 'inputs.dep', 'inputs.dep', 'did you mean deep?'],
  [
    'skip-when-false-undeclared',
    'error',
    'check',
    'inputs.deep',
    'deep',
    'deep',
    'does not name an input; write inputs.NAME',
  ],
  ['constant-step-with-args', 'error', 'ask', ask, 'constant: 5, with: {a: 1}', 'with: ', 'remove with'],
  [
    'unknown-tool',
    'error',
    'check',
    'run_cmd',
    'run_comd',
    'run_comd',
    'there is no tool "run_comd"; did you mean run_cmd?',
  ],
  [
    'dead-with-param',
    'warning',
    'check',
    'cwd: /work}\n    on_result',
    'cwd: /work, timout: 5}\n    on_result',
    'timout: ',
    'did you mean timeout?',
  ],
  [
    'unknown-key',
    'error',
    null,
    'description: A',
    'descripton: A',
    'descripton: ',
    'in the recipe; did you mean description?',
  ],
  [
    'unknown-key',
    'error',
    null,
    '{description: what',
    '{on: push, description: what',
    'on: push',
    'in ingredients.task; expected one of type, ',
  ],
  ['unknown-key', 'error', 'plan', 'on_failure: halt', 'on_falure: halt', 'on_falure: ', 'did you mean on_failure?'],
  [
    'unknown-key',
    'error',
    'plan',
    'on_failure: halt',
    'retry: {max: 3}',
    'retry: ',
    'did you mean retries, with on_exhausted?',
  ],
  [
    'unknown-key',
    'error',
    'check',
    '{when: ',
    '{if: ',
    'if: ',
    'in steps.check.on_result[0]; expected one of when, route',
  ],
  ['invalid-value', 'error', 'plan', 'on_failure: halt', 'retries: -1', '-1', 'expected a whole number of at least 0'],
  [
    'invalid-value',
    'error',
    'plan',
    'on_failure: halt',
    'stale_threshold: 0',
    '0',
    'expected a whole number of at least 1',
  ],
  ['invalid-value', 'error', 'plan', 'on_failure: halt', 'idle_output_timeout: -5', '-5', 'of at least 0'],
  ['invalid-value', 'error', 'ask', ask, 'action: run', 'run}', 'is "run"; expected route, stop, confirm or wait'],
  ['invalid-value', 'error', 'ask', ask, 'tool: [run_cmd]', '[run_cmd]', 'is a list; expected a name'],
  [
    'invalid-value',
    'error',
    'ask',
    `{${ask}}`,
    'later',
    'later',
    'is "later"; expected a mapping with keys such as tool',
  ],
  [
    'invalid-value',
    'error',
    'check',
    ', route: ask',
    '',
    '{when: ',
    'on_result[0].route is missing; expected the name of a step',
  ],
  ['invalid-value', 'error', 'plan', 'on_success: check', 'on_result: []', '[]', 'expected at least one route'],
  [
    'invalid-value',
    'error',
    'plan',
    'on_success: check',
    'on_result: {field: "", routes: {a: check}}',
    '"", ',
    'expected a name',
  ],
  [
    'invalid-value',
    'error',
    'plan',
    'on_success: check',
    'on_result: {field: a, routes: {}}',
    '{}}',
    'expected at least one route',
  ],
  ['invalid-value', 'error', 'plan', 'on_success: check', 'on_result: check', 'check', 'expected a list of routes'],
  ['invalid-value', 'error', null, '[Use no other tools.]', 'none', 'none', 'expected a list of texts'],
  [
    'invalid-value',
    'error',
    null,
    'steps:',
    'requires_packs: research\nsteps:',
    'research',
    'expected a list of names',
  ],
  [
    'unreadable-returns',
    'error',
    'plan',
    'on_failure: halt',
    'returns: {type: objekt}\n    on_failure: halt',
    'objekt',
    'is "objekt"; expected one of object, array',
  ],
  [
    'unreadable-returns',
    'error',
    'plan',
    'on_failure: halt',
    'returns: {properties: {a: {patern: x}}}\n    on_failure: halt',
    'patern: ',
    'unknown key "patern" in steps.plan.returns.properties.a; did you mean pattern?',
  ],
  [
    'unreadable-returns',
    'error',
    'plan',
    'on_failure: halt',
    'returns: {items: {pattern: "("}}\n    on_failure: halt',
    '"("',
    'expected a regular expression',
  ],
  ['invalid-value', 'error', null, 'steps:', 'experimental: yes\nsteps:', 'yes', 'is "yes"; expected true or false'],
];

describe('recipes check finds', () => {
  it.each(rows)('%s', (rule, severity, step, from, to, at, words) => {
    const [finding, ...others] = findingsOf(changedRecipe(from, to));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ rule, severity, step });
    expect(finding?.at.slice(0, at.length)).toBe(at);
    expect(`${finding?.message}; ${finding?.fix}`).toContain(words);
  });

  it('what each rule is for', () => {
    const ids = readdirSync('src/domain/recipe/rules').map((file) => file.replace('.ts', ''));
    expect(ids.filter((id) => !rows.some(([rule]) => rule === id))).toEqual([]);
  });

  it('everything that is wrong at once, in the order of the file', () => {
    const text = changedRecipe('on_success: check', 'on_success: chek\n    retires: 2').replace('run_cmd', 'run_comd');
    expect(findingsOf(text).map(({ rule }) => rule)).toEqual(['unknown-target', 'unknown-key', 'unknown-tool']);
  });

  it('an input of the wrong kind once, and not where it is used', () => {
    const text = changedRecipe('task: {description: what to do}', 'task: what to do');
    expect(findingsOf(text).map(({ rule, at }) => [rule, at])).toEqual([['invalid-value', 'what to do']]);
  });

  it('only the wrong value in a step that has one, as the rest can follow from it', () => {
    const text = changedRecipe('tool: run_skill', 'tool: 5').replace('on_success: check', 'on_success: chek');
    expect(findingsOf(text).map(({ rule }) => rule)).toEqual(['invalid-value']);
  });
});

describe('recipes check accepts', () => {
  it.each([
    ['the base of these tests', 'name: base', 'name: base'],
    ['our own words', 'ingredients:', 'inputs:'],
    [
      'keys of the reference',
      'steps:',
      'autoskillit_version: "0.9"\nrecipe_version: 2\ncategories: [a]\nkind: standard\nrequires_features: []\nrequires_recipe_packs: [b]\nexperimental: true\nsteps:',
    ],
    [
      'a campaign',
      baseRecipe.slice(baseRecipe.indexOf('steps:')),
      'dispatches: [{name: one, recipe: x, gate: confirm}]\nallowed_recipes: [x]\ncontinue_on_failure: true\n',
    ],
    ['any prose in a note', 'tool: run_skill', `tool: run_skill\n    note: 'of {slug}: \${{ the first one'`],
    ['an input that is only a name', 'task: {description: what to do}', 'task:'],
    ['a default that is to be found out', 'default: false', 'default: ""'],
    ['a step called done', 'halt: {', 'done: {action: stop, message: x}\n  halt: {'],
    ['a condition that is YAML true', '- {route: halt}', '- {when: true, route: halt}'],
    [
      'a condition in braces',
      'when: result.verdict == GO',
      `when: "\${{ result.verdict | trim }} == GO and \${{ context.plan }}"`,
    ],
    [
      'a capture of the same step in its conditions',
      '{when: result.verdict == GO',
      `{when: context.plan == inputs.task`,
    ],
    [
      'a name that is captured later, where the step says so',
      'inputs.task }}"',
      `context.late }}", cwd: /work}\n    optional_context_refs: [late]\n    output: {a: "x"`,
    ],
    [
      'names that another recipe may capture',
      ask,
      `sub_recipe: more, gate: deep, on_success: tell}\n  tell: {action: stop, message: "\${{ context.other }}"`,
    ],
    [
      'a list that a loop collects',
      ask,
      `for_each: {in: "x", collect: {all: "\${{ result.a }}"}}, on_success: tell}\n  tell: {action: stop, message: "\${{ context.all }}"`,
    ],
    ['captures of a constant', ask, 'constant: 5, capture: {five: five, six: 6}, on_success: done'],
    ['tools of later versions', 'tool: run_cmd', 'tool: merge_pull_request'],
    ['step_name of any tool', ask, 'tool: kitchen_status, with: {step_name: ask}, on_success: done'],
    ['folders that are filled in later', 'cwd: /work}\n    on_result', 'cwd: {{AUTOSKILLIT_TEMP}}/a}\n    on_result'],
    [
      'our own keys of a step',
      'on_failure: halt',
      `max_visits: 3\n    on_exceeded: halt\n    expect: result.success\n    returns: {type: object, required: [plan_path], properties: {plan_path: {type: [string, "null"], pattern: ^/}}, additionalProperties: true}\n    github_token: true\n    idempotent: true\n    on_failure: halt`,
    ],
    ['arguments of a stop and a route', '{action: stop,', '{action: stop, with: {status: failed},'],
    ['a wait', ask, 'action: wait, with: {seconds: 5}, on_success: done'],
    ['the old form of routes', 'on_success: check', 'on_result: {field: verdict, routes: {yes: check, no: halt}}'],
  ])('%s', (_, from, to) => {
    expect(findingsOf(changedRecipe(from, to))).toEqual([]);
  });

  it('a recipe of 77 steps that uses what the reference has, but for cycles that only visits end', () => {
    const text = readFileSync('tests/fixtures/recipes/large.yaml', 'utf8');
    expect(findingsOf(text).map(({ rule, step }) => [rule, step])).toEqual(
      ['model_step', 'plan', 'ci_watch', 'wait_for_direct_merge', 'wait_for_immediate_merge'].map((step) => [
        'unbounded-cycle',
        step,
      ]),
    );
  });

  it('a recipe of 80 steps', () => {
    const steps = Array.from({ length: 80 }, (_, index) => {
      const next = index === 79 ? 'done' : `s${index + 1}`;
      return `  s${index}:
    tool: run_cmd
    note: ${'prose '.repeat(200)}
    with: {cmd: "echo \${{ inputs.task }}", cwd: /work}
    capture: {c${index}: "\${{ result.stdout | trim }}"}
    on_result: [{when: "\${{ context.c${index} }} == GO", route: ${next}}, {route: done}]
    on_failure: escalate`;
    });
    const head = baseRecipe.slice(0, baseRecipe.indexOf('  plan:'));
    expect(findingsOf(`${head}${steps.join('\n')}\n`)).toEqual([]);
  });
});
