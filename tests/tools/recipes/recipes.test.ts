import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../src/domain/redact.ts';
import type { RunSpec } from '../../../src/runners/recipe-runs.ts';
import { createRecipes } from '../../../src/services/recipes/recipes.ts';
import { listRecipes } from '../../../src/tools/recipes/list-recipes.ts';
import { loadRecipe } from '../../../src/tools/recipes/load-recipe.ts';
import { startRun } from '../../../src/tools/recipes/start-run.ts';
import { validateRecipe } from '../../../src/tools/recipes/validate-recipe.ts';
import { baseRecipe, changedRecipe } from '../../domain/recipe/base-recipe.ts';
import { aLiveRun } from '../../doubles/recipe-runs.ts';
import { aServerRecord } from '../../doubles/server-records.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { aStatus, aWorkspace, callTool } from '../../doubles/tool-calls.ts';
import { unusedRecipes } from '../../doubles/unused-recipes.ts';

/** A project with these recipes, by file name. */
function aProject(files: Readonly<Record<string, string>>) {
  const projectDir = tempFolder();
  const folder = join(projectDir, '.maitred/recipes');
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return {
    folder,
    projectDir,
    recipes: createRecipes({ projectDir, userDir: '/nowhere', shippedDir: '/nowhere' }),
    workspace: { ...aWorkspace, file: (path: string) => path },
  };
}

const broken = changedRecipe('on_failure: halt', 'on_failure: hlt').replace('name: base', 'name: broken');

describe('list_recipes', () => {
  it('lists the recipes by name, and the first error of each that cannot be started', async () => {
    const { recipes, folder } = aProject({ 'z.yaml': baseRecipe, 'broken.yaml': broken });
    expect(await callTool(listRecipes, {}, { recipes })).toEqual({
      recipes: [
        { name: 'base', description: 'A recipe without findings.', summary: '', source: 'project' },
        { name: 'broken', description: 'A recipe without findings.', summary: '', source: 'project' },
      ],
      count: 2,
      errors: [
        {
          file: join(folder, 'broken.yaml'),
          error: `${join(folder, 'broken.yaml')}:13:17: there is no step "hlt"; did you mean halt? [unknown-target]`,
        },
      ],
      next_offset: null,
      left_out: null,
    });
  });

  it('shows a recipe as it is now', async () => {
    const { recipes, folder } = aProject({ 'base.yaml': broken });
    await callTool(listRecipes, {}, { recipes });
    writeFileSync(join(folder, 'base.yaml'), baseRecipe);
    expect(await callTool(listRecipes, {}, { recipes })).toMatchObject({ recipes: [{ name: 'base' }], errors: [] });
  });
});

describe('load_recipe', () => {
  it('has the text, the rules and the inputs, with those that are needed first and without hidden ones', async () => {
    const text = changedRecipe(
      'task: {description: what to do}',
      'task: {description: what | to do, required: true}\n  own: {hidden: true}\n  branch: {default: ""}\n  base: {default: main}',
    );
    const { recipes, folder } = aProject({ 'base.yaml': text });
    expect(await callTool(loadRecipe, { name: 'base' }, { recipes })).toEqual({
      content: text,
      diagram: null,
      suggestions: [],
      valid: true,
      kitchen_rules: ['Use no other tools.'],
      requires_packs: [],
      ingredients_table: [
        '| Name | Description | Default |',
        '| --- | --- | --- |',
        '| task \\* | what \\| to do | (required) |',
        '| branch |  | auto-detect |',
        '| deep |  | off |',
        '| base |  | main |',
        '',
      ].join('\n'),
      path: join(folder, 'base.yaml'),
    });
  });

  it('says what is wrong with a recipe', async () => {
    const { recipes } = aProject({ 'broken.yaml': broken });
    expect(await callTool(loadRecipe, { name: 'broken' }, { recipes })).toMatchObject({
      valid: false,
      suggestions: [{ rule: 'unknown-target', severity: 'error', step: 'plan', line: 13 }],
    });
  });

  it('shortens the text of a recipe that is longer than an answer may be', async () => {
    const { recipes } = aProject({ 'base.yaml': `${baseRecipe}# ${'long '.repeat(20_000)}` });
    expect((await callTool(loadRecipe, { name: 'base' }, { recipes })).content).toContain('left out');
  });
});

it('validate_recipe names each problem with its place, and what to do', async () => {
  const { recipes, workspace, folder } = aProject({ 'broken.yaml': `${broken.replace('kitchen_rules:', 'rules:')}` });
  const result = await callTool(validateRecipe, { script_path: join(folder, 'broken.yaml') }, { recipes, workspace });
  expect(result).toMatchObject({
    valid: false,
    quality: { warnings: [{ code: 'no-kitchen-rules', step: null, field: null }], summary: '2 errors, 1 warning' },
    findings: [{ rule: 'no-kitchen-rules' }, { rule: 'unknown-key' }, { rule: 'unknown-target', line: 13, col: 17 }],
    contracts: [],
  });
  expect(result.errors).toHaveLength(2);
});

describe('start_run', () => {
  const redact = createRedactor(['very-secret-value']);
  const status = aStatus({ read: () => aServerRecord({ projectDir: '/project', clientName: 'claude-code' }) });
  const runsThatStart = () => {
    const specs: RunSpec[] = [];
    const recipeRuns = {
      ...unusedRecipes.recipeRuns,
      async start(spec: RunSpec) {
        specs.push(spec);
        return aLiveRun().run;
      },
    };
    return { specs, recipeRuns };
  };

  it('starts a recipe in the project with its inputs and budgets, and returns its id', async () => {
    const { recipes, workspace, folder } = aProject({ 'base.yaml': baseRecipe });
    const { specs, recipeRuns } = runsThatStart();
    const services = { recipes, recipeRuns, redact, status, workspace };
    const args = { recipe: 'base', inputs: { task: 'a page', deep: true }, budgets: { usd: 5 } };
    expect(await callTool(startRun, args, services)).toMatchObject({
      success: true,
      run_id: 'run-1',
      path: join(folder, 'base.yaml'),
      inputs: { task: 'a page', deep: true },
      note: null,
      next: expect.stringContaining('"run_id": "run-1"'),
    });
    expect(specs).toMatchObject([
      {
        recipe: { name: 'base', text: baseRecipe },
        inputs: { task: 'a page', deep: true },
        budgets: { usd: 5 },
        cwd: '/project',
        startedBy: 'claude-code',
      },
    ]);
    await callTool(startRun, { recipe: join(folder, 'base.yaml') }, services);
    expect(specs[1]?.recipe.name).toBe('base');
    const secret = { recipe: 'base', inputs: { task: 'with very-secret-value' } };
    expect(await callTool(startRun, secret, services)).toMatchObject({ inputs: { task: 'with [redacted]' } });
  });

  it.each([
    ['an unknown recipe', { recipe: 'bas' }, {}, { code: 'not_found', message: expect.stringContaining('mean base?') }],
    ['an unknown input', { recipe: 'base', inputs: { dep: 1 } }, {}, { code: 'invalid_input' }],
    ['a headless session', { recipe: 'base' }, { isHeadless: true }, { code: 'forbidden' }],
  ])('starts nothing for %s', async (_, args, change, fault) => {
    const { recipes, workspace } = aProject({ 'base.yaml': baseRecipe });
    const { specs, recipeRuns } = runsThatStart();
    const services = { recipes, recipeRuns, redact, status: { ...status, ...change }, workspace };
    await expect(callTool(startRun, args, services)).rejects.toMatchObject(fault);
    expect(specs).toEqual([]);
  });
});
