import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorKinds } from '../../../src/domain/app-error.ts';
import { baseRecipe, changedRecipe } from '../../domain/recipe/base-recipe.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { runProgram } from '../run-program.ts';

/** A project, and the command line in it with the recipe `base` of maitred. */
function aProject(isTTY = false) {
  const dir = tempFolder();
  const projectDir = join(dir, 'project');
  const plant = (path: string, text = baseRecipe) => {
    const file = join(dir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  mkdirSync(join(projectDir, '.maitred'), { recursive: true });
  const shipped = plant('program/recipes/base.yaml');
  const run = (...args: string[]) =>
    runProgram(
      ['recipes', ...args],
      { cwd: () => projectDir, programDir: join(dir, 'program'), homeDir: join(dir, 'home') },
      isTTY,
    );
  return { dir, projectDir, plant, shipped, run };
}

describe('recipes list', () => {
  it('shows each recipe, where it comes from, and which one it hides', async () => {
    const { run, plant } = aProject();
    plant('project/.autoskillit/recipes/base.yaml', changedRecipe('A recipe', 'Ours'));
    plant('project/.maitred/recipes/release.yml', changedRecipe('name: base', 'name: release'));
    const own = plant('home/.config/maitred/recipes/mine.yaml', 'name: mine\nsteps: {}\n');
    expect(await run('list')).toEqual({
      out: [
        'base: Ours without findings.',
        '  from .autoskillit/recipes/base.yaml; hides the one from maitred',
        'mine: no description',
        `  from ${own}; has errors: maitred recipes check ${own}`,
        'release: A recipe without findings.',
        '  from .maitred/recipes/release.yml',
        '',
      ].join('\n'),
      err: '',
      exits: [0],
    });
  });

  it.each([['--json'], ['--format=json']])('prints the same as JSON with %s', async (flag) => {
    const { run, plant, shipped } = aProject();
    const path = plant('project/.maitred/recipes/base.yaml');
    const { out, exits } = await run('list', flag);
    expect(JSON.parse(out)).toEqual({
      recipes: [
        {
          name: 'base',
          source: 'project',
          path,
          description: 'A recipe without findings.',
          valid: true,
          hides: [{ source: 'shipped', path: shipped }],
        },
      ],
    });
    expect(exits).toEqual([0]);
  });

  it('calls a file that is not YAML by its name, and leaves out links that leave the project', async () => {
    const { run, plant, projectDir, shipped } = aProject();
    plant('project/.maitred/recipes/broken.yaml', 'a: [');
    symlinkSync(shipped, join(projectDir, '.maitred/recipes/link.yaml'));
    const { recipes } = JSON.parse((await run('list', '--json')).out);
    expect(recipes.map(({ name, source, valid }: Record<string, unknown>) => [name, source, valid])).toEqual([
      ['base', 'shipped', true],
      ['broken', 'project', false],
    ]);
  });

  it("lists the user's recipes in XDG_CONFIG_HOME", async () => {
    const { dir, plant, projectDir } = aProject();
    plant('config/maitred/recipes/mine.yaml', changedRecipe('name: base', 'name: mine'));
    const host = { cwd: () => projectDir, env: { XDG_CONFIG_HOME: join(dir, 'config') }, programDir: dir };
    expect((await runProgram(['recipes', 'list'], host)).out).toContain('mine: ');
  });
});

describe('recipes show', () => {
  it('prints the file', async () => {
    expect(await aProject().run('show', 'base')).toEqual({ out: baseRecipe, err: '', exits: [0] });
  });

  it('prints it with its place as JSON', async () => {
    const { run, shipped } = aProject();
    const shown = JSON.parse((await run('show', 'base', '--json')).out);
    expect(shown).toMatchObject({ name: 'base', path: shipped, valid: true, text: baseRecipe });
  });

  it('lets no text of a project control a terminal', async () => {
    const { run, plant } = aProject(true);
    plant('project/.maitred/recipes/loud.yaml', 'name: loud # \u001b[2J\nmore: x\n');
    expect((await run('show', 'loud')).out).toBe('name: loud # \\u001b[2J\nmore: x\n');
  });

  it('names the recipe that was probably meant', async () => {
    expect(await aProject().run('show', 'bse')).toEqual({
      out: '',
      err: 'maitred: there is no recipe "bse"; did you mean base?\n',
      exits: [errorKinds.not_found.exitCode],
    });
  });

  it('says why there is nothing to print of a file that is no text', async () => {
    const { run, projectDir } = aProject();
    mkdirSync(join(projectDir, '.maitred/recipes/odd.yaml'), { recursive: true });
    expect(await run('show', 'odd')).toMatchObject({ err: expect.stringContaining('recipes check'), exits: [2] });
  });
});

describe('recipes check', () => {
  it('finds nothing in a good recipe, and ends with 0', async () => {
    const checked = { out: '', err: 'maitred: 1 recipe checked: no findings\n', exits: [0] };
    expect(await aProject().run('check')).toEqual(checked);
    expect(await aProject().run('check', 'base')).toEqual(checked);
  });

  it('prints a line for each finding, and ends with 1', async () => {
    const { run, plant } = aProject();
    const text = changedRecipe('on_success: check', 'on_success: chek').replace('run_cmd', 'run_comd');
    const path = plant('project/.maitred/recipes/base.yaml', text.replace('kitchen_rules', 'summary: x\n#'));
    expect(await run('check', '.maitred/recipes/base.yaml')).toEqual({
      out: [
        `${path}:1:1: warning: the recipe has no kitchen_rules, which a model follows that drives it; add kitchen_rules: with a list of texts [no-kitchen-rules]`,
        `${path}:13:17: error: there is no step "chek"; did you mean check? [unknown-target]`,
        `${path}:16:11: error: there is no tool "run_comd"; did you mean run_cmd? [unknown-tool]`,
        '',
      ].join('\n'),
      err: 'maitred: 1 recipe checked: 2 errors, 1 warning\n',
      exits: [1],
    });
  });

  it('ends with 0 if there are only warnings', async () => {
    const { run, plant } = aProject();
    plant('elsewhere/a.yaml', changedRecipe('[Use no other tools.]', '[]'));
    expect(await run('check', '../elsewhere/a.yaml')).toMatchObject({
      err: 'maitred: 1 recipe checked: 1 warning\n',
      exits: [0],
    });
  });

  it('prints JSON with the findings of each recipe', async () => {
    const { run, plant, shipped } = aProject();
    const path = plant('a.yaml', changedRecipe('run_cmd', 'run_comd'));
    const { out, err, exits } = await run('check', path, 'base', '--format', 'json');
    const finding = {
      rule: 'unknown-tool',
      severity: 'error',
      step: 'check',
      message: 'there is no tool "run_comd"',
      fix: 'did you mean run_cmd?',
      file: path,
      line: 15,
      col: 11,
    };
    expect(JSON.parse(out)).toEqual({
      recipes: [
        { name: 'base', path, findings: [finding], valid: false },
        { name: 'base', path: shipped, findings: [], valid: true },
      ],
    });
    expect({ err, exits }).toEqual({ err: '', exits: [1] });
  });

  it('says that a file is missing as a finding, and that a recipe is as an error', async () => {
    const { run } = aProject();
    expect(await run('check', './gone.yaml')).toMatchObject({
      out: expect.stringContaining(':1:1: error: the file does not exist; '),
      exits: [1],
    });
    expect(await run('check', 'gone')).toMatchObject({ out: '', exits: [errorKinds.not_found.exitCode] });
  });

  it('rejects a format that it does not have', async () => {
    expect(await aProject().run('check', '--format', 'xml')).toMatchObject({ exits: [2] });
  });

  it('finds nothing in the recipes of maitred', async () => {
    const { out, exits } = await runProgram(['recipes', 'check', '--json'], {
      cwd: () => '/nowhere',
      programDir: 'assets',
    });
    const { recipes } = JSON.parse(out) as { recipes: readonly { name: string; findings: readonly unknown[] }[] };
    expect(recipes.map(({ name, findings }) => [`${name}.yaml`, findings])).toEqual(
      readdirSync('assets/recipes').map((file) => [file, []]),
    );
    expect(exits).toEqual([0]);
  });
});
