import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toFault } from '../../../src/domain/app-error.ts';
import type { JsonObject } from '../../../src/domain/json-object.ts';
import { createRecipes } from '../../../src/services/recipes/recipes.ts';
import { baseRecipe, changedRecipe } from '../../domain/recipe/base-recipe.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';

/** A project with this recipe, as `base`. */
function projectWith(text: string) {
  const projectDir = tempFolder();
  const path = join(projectDir, '.maitred/recipes/base.yaml');
  mkdirSync(join(projectDir, '.maitred/recipes'), { recursive: true });
  writeFileSync(path, text);
  const recipes = createRecipes({ projectDir, userDir: '/nowhere', shippedDir: '/nowhere', tempDir: '/work/temp' });
  const refusal = (given: JsonObject = {}, named = 'base') => {
    try {
      recipes.prepare(projectDir, named, given);
      return null;
    } catch (thrown) {
      const { code, message } = toFault(thrown);
      return `${code}: ${message.replaceAll(path, 'base.yaml')}`;
    }
  };
  return { recipes, projectDir, path, refusal };
}

const withInput = (input: string) => changedRecipe('task: {description: what to do}', `task: ${input}`);
const inputs = (text: string, given: JsonObject) => {
  const { recipes, projectDir } = projectWith(text);
  const { task } = recipes.prepare('/shell', join(projectDir, '.maitred/recipes/base.yaml'), given).inputs;
  return typeof task === 'string' ? task.replace(projectDir, '/project') : task;
};

describe('A recipe is prepared for a run', () => {
  it('by its name or its path, with its text, its graph and the defaults of its inputs', () => {
    const { recipes, projectDir, path } = projectWith(baseRecipe);
    const prepared = recipes.prepare(projectDir, 'base', { task: 'a page' });
    expect(prepared).toMatchObject({ name: 'base', path, text: baseRecipe, hides: [], graph: { initial: 'plan' } });
    expect(prepared.inputs).toEqual({ task: 'a page', deep: false });
    expect(recipes.prepare(projectDir, '.maitred/recipes/base.yaml', { task: 'a page' })).toEqual(prepared);
  });

  it('with the folder for its files in the place of the placeholder', () => {
    const { recipes } = projectWith(changedRecipe('cwd: /work}', 'cwd: "{{AUTOSKILLIT_TEMP}}"}'));
    expect(JSON.stringify(recipes.prepare('/', 'base', {}).graph)).toContain('"literal":"/work/temp"');
  });

  it.each([
    ['a text', '{type: text}', ' as it is ', ' as it is '],
    ['a text that is empty', '{default: x}', '', ''],
    ['a number, as a text', '{type: number}', '012.50', 12.5],
    ['a boolean, as a text', '{type: boolean}', 'TRUE', true],
    ['a boolean', '{type: boolean, default: true}', false, false],
    ['a choice', '{type: choice, choices: [a, b]}', 'b', 'b'],
    ['an issue, as a number', '{type: issue}', 12, '12'],
    ['an issue, as people write it', '{type: issue}', '#12', '12'],
    ['an issue of a repository', '{type: issue}', 'a/b#12', 'a/b#12'],
    ['an issue, by its address', '{type: issue}', 'https://github.com/a/b/issues/1', 'https://github.com/a/b/issues/1'],
    ['a path, below the folder in which it was typed', '{type: path}', 'docs/a.md', '/shell/docs/a.md'],
    ['a path as default, below the project', '{type: path, default: docs/a.md}', null, '/project/docs/a.md'],
    ['a path as default that the recipe finds out', '{type: path, default: ""}', '', ''],
    ['an input without a value', '{type: number}', null, null],
    ['a default of another type', '{type: number, default: "7"}', '', 7],
  ])('with %s', (_, input, given, value) => {
    expect(inputs(withInput(input), { task: given })).toBe(value);
  });

  it.each([
    ['a number that is a word', '{type: number}', 'six', 'it is "six"; expected a number of at most 15 digits'],
    ['a number that would lose digits', '{type: number}', '12345678901234567891', 'it is "12345678901234567891"; '],
    ['a boolean that is another word', '{type: boolean}', 'yes', 'it is "yes"; expected true or false'],
    ['a choice that is not offered', '{type: choice, choices: [a, b]}', 'c', 'it is "c"; expected one of a, b'],
    ['an issue that is an option', '{type: issue}', '--repo', 'it is "--repo"; expected an issue: a number, '],
    ['a path that is a number', '{type: path}', 1, 'it is 1; expected a path'],
    ['a list for a text', '{type: text}', ['a'], 'it is a list; expected a text'],
    [
      'nothing for what is required',
      '{required: true, description: what}',
      '',
      'it is missing; expected a text (what)',
    ],
  ])('not with %s', (_, input, given, problem) => {
    const start = `invalid_input: input "task": ${problem}`;
    expect(projectWith(withInput(input)).refusal({ task: given })?.slice(0, start.length)).toBe(start);
  });

  it('not with unknown inputs, of which each is named with what was probably meant', () => {
    const { refusal } = projectWith(baseRecipe);
    expect(refusal({ tsk: 'x', constructor: 'y' })).toBe(
      'invalid_input: input "tsk": the recipe has no such input; did you mean task?\n' +
        'input "constructor": the recipe has no such input; its inputs are task, deep',
    );
  });
});

describe('A recipe is not prepared', () => {
  it('with errors, whose places are named', () => {
    const { refusal, recipes } = projectWith(changedRecipe('on_failure: halt', 'on_failure: hlt'));
    expect(refusal()).toBe(
      'invalid_input: base.yaml:13:17: there is no step "hlt"; did you mean halt? [unknown-target]',
    );
    expect(() => recipes.compile('name: a', '/runs/1/recipe.yaml')).toThrow('/runs/1/recipe.yaml:1:1: ');
  });

  it('where there is none of the name', () => {
    const { refusal } = projectWith(baseRecipe);
    expect(refusal({}, 'bse')).toBe('not_found: there is no recipe "bse"; did you mean base?');
    expect(refusal({}, './bse.yaml')).toContain('the file does not exist; expected a recipe; check its path');
  });

  it.each([
    [
      'a kind of a later version',
      'python: a.b',
      'check calls a Python function, which this version of maitred does not do',
    ],
    [
      'a tool of a later version',
      'tool: merge_worktree',
      'check calls merge_worktree, which this version of maitred does not have',
    ],
    ['a tool that would steer the run', 'tool: open_kitchen', 'check calls open_kitchen, which no step may call'],
  ])('with %s, unless its inputs skip the step', (_, kind, problem) => {
    const { refusal } = projectWith(changedRecipe('tool: run_cmd', kind));
    expect(refusal({ deep: 'true' })).toContain(`invalid_input: base.yaml:14:3: The step ${problem}`);
    expect(refusal({ deep: 'false' })).toBe(null);
  });
});
