import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorKinds } from '../../../src/domain/app-error.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { plantSkill, skillText } from '../../services/skills/plant-skill.ts';
import { runProgram } from '../run-program.ts';

/** A project, and the command line in it with two skills of maitred: `plan` and `study`, whose pack is off. */
function aProject(isTTY = false) {
  const dir = tempFolder();
  const projectDir = join(dir, 'project');
  mkdirSync(join(projectDir, '.maitred'), { recursive: true });
  const bundledDir = join(dir, 'program/skills');
  const planLines = [
    'name: plan',
    'description: Plans it.',
    'maitred:',
    '  outputs: [{name: plan_path, type: file_path}]',
  ];
  plantSkill(bundledDir, 'plan', skillText(planLines, '{{MAITRED_TEMP}}\n## Output\nplan_path = /a\n'));
  plantSkill(bundledDir, 'study', skillText(['name: study', 'description: Studies it.', 'categories: [research]']));
  const run = (...args: string[]) =>
    runProgram(['skills', ...args], { cwd: () => projectDir, programDir: join(dir, 'program') }, isTTY);
  return { projectDir, own: join(projectDir, '.claude/skills'), bundledDir, run };
}

describe('skills list', () => {
  it('shows each skill, where it comes from, and what it answers with', async () => {
    const { run, own } = aProject();
    plantSkill(own, 'release', '# Release\n');
    expect(await run('list')).toEqual({
      out: [
        'plan: Plans it.',
        '  from maitred; answers with plan_path',
        'release: no description',
        '  from .claude/skills/release/SKILL.md',
        'study: Studies it.',
        '  from maitred; disabled: the pack research is not enabled; add it to packs.enabled',
        '',
      ].join('\n'),
      err: '',
      exits: [0],
    });
  });

  it('prints the same as JSON, with the contract', async () => {
    const { run, bundledDir } = aProject();
    const { out, exits } = await run('list', '--json');
    const { skills, faults } = JSON.parse(out);
    expect(skills[0]).toEqual({
      name: 'plan',
      source: 'bundled',
      path: join(bundledDir, 'plan/SKILL.md'),
      description: 'Plans it.',
      categories: [],
      dependencies: [],
      disabled: null,
      tools: [],
      outputs: [
        { name: 'plan_path', type: 'file_path', values: null, required: true, pattern: '^plan_path[ \\t]*=[ \\t]*/.+' },
      ],
      writes: 'unknown',
      writes_when: [],
      makes_worktree: false,
    });
    expect({ faults, exits }).toEqual({ faults: [], exits: [0] });
  });

  it('follows packs.enabled and subsets.disabled', async () => {
    const { run, projectDir } = aProject();
    const config = join(projectDir, '.maitred/config.yaml');
    writeFileSync(config, 'packs:\n  enabled: [research]\n');
    expect((await run('list')).out).not.toContain('disabled');
    writeFileSync(config, 'packs:\n  enabled: [research]\nsubsets:\n  disabled: [research]\n');
    expect((await run('list')).out).toContain('disabled: its category research is in subsets.disabled');
    writeFileSync(config, 'packs:\n  enabled: [reserch]\n');
    expect(await run('list')).toMatchObject({ err: expect.stringContaining('expected github, ci, '), exits: [2] });
  });

  it('names skills that are not valid, and lists the others', async () => {
    const { run, own } = aProject();
    const path = plantSkill(own, 'broken', '---\nname: x\n');
    const { out, err, exits } = await run('list');
    expect(out).toContain('plan: ');
    expect(err).toBe(
      `maitred: ${path}:1:1: the frontmatter does not end; expected a second line ---; add it below the last key\n`,
    );
    expect(exits).toEqual([0]);
  });
});

describe('skills show', () => {
  it('prints the file, with the folders of the project filled in', async () => {
    const { run, projectDir } = aProject();
    writeFileSync(join(projectDir, '.maitred/config.yaml'), 'workspace:\n  temp_dir: my/temp\n');
    const { out, err, exits } = await run('show', 'plan');
    expect(out).toContain('---\nname: plan\n');
    expect(out).toContain('---\nmy/temp\n## Output\n');
    expect({ err, exits }).toEqual({ err: '', exits: [0] });
  });

  it('prints the skill of maitred into the empty file that the shell has made for its copy', async () => {
    const { run, own } = aProject();
    const { out } = await run('show', 'plan');
    plantSkill(own, 'plan', '');
    expect(await run('show', 'plan')).toEqual({ out, err: '', exits: [0] });
  });

  it('prints what its sessions see as JSON', async () => {
    const { run, own } = aProject();
    plantSkill(own, 'all', skillText(['activate_deps: [plan, study]']));
    expect(JSON.parse((await run('show', 'all', '--json')).out)).toMatchObject({
      name: 'all',
      source: 'project',
      dependencies: ['plan', 'study'],
      sees: ['all', 'plan'],
      text: expect.stringContaining('Do it.'),
    });
  });

  it('lets no text of a project control a terminal', async () => {
    const { run, own } = aProject(true);
    plantSkill(own, 'loud', '# Loud \u001b[2J\nmore\n');
    expect((await run('show', 'loud')).out).toBe('# Loud \\u001b[2J\nmore\n');
  });

  it('names the skill that was probably meant', async () => {
    expect(await aProject().run('show', 'plann')).toEqual({
      out: '',
      err: 'maitred: there is no skill "plann"; did you mean plan?\n',
      exits: [errorKinds.not_found.exitCode],
    });
  });
});

describe('skills check', () => {
  it('finds no faults in good skills, and ends with 0', async () => {
    expect(await aProject().run('check')).toEqual({
      out: '',
      err: 'maitred: 2 skills checked: no faults\n',
      exits: [0],
    });
  });

  it('prints a line for each fault, and ends with 1', async () => {
    const { run, own } = aProject();
    const [one, two] = [
      plantSkill(own, 'one', '# x\n'),
      plantSkill(own, 'two', skillText(['description: x', 'maitred: {tool: []}'])),
    ];
    const { out, err, exits } = await run('check');
    expect(out.split('\n')).toEqual([
      expect.stringContaining(`${one}:1:1: the description is missing`),
      expect.stringContaining(`${two}:3:11: unknown key "tool" in maitred; `),
      '',
    ]);
    expect({ err, exits }).toEqual({ err: 'maitred: 4 skills checked: 2 faults\n', exits: [1] });
  });

  it('checks those that are named, and files, which need not be in a project', async () => {
    const { run, own } = aProject();
    plantSkill(own, 'one', '# x\n');
    const outside = plantSkill(tempFolder(), 'draft', '# x\n');
    expect(await run('check', 'plan')).toMatchObject({ err: 'maitred: 1 skill checked: no faults\n', exits: [0] });
    expect((await run('check', dirname(outside), '.claude/skills/one/SKILL.md')).out.split('\n')).toEqual([
      expect.stringContaining(`${outside}:1:1: `),
      expect.stringContaining(`${own}/one/SKILL.md:1:1: `),
      '',
    ]);
  });

  it('says that a file is missing as a fault, and that a skill is as an error', async () => {
    const { run, projectDir } = aProject();
    expect(await run('check', './gone.md')).toMatchObject({
      out: expect.stringContaining(`${resolve(projectDir, 'gone.md')}:1:1: the file does not exist`),
      exits: [1],
    });
    expect(await run('check', 'gone')).toMatchObject({ out: '', exits: [errorKinds.not_found.exitCode] });
  });

  it('prints JSON with the faults of each skill', async () => {
    const { run, own } = aProject();
    const path = plantSkill(own, 'one', '# x\n');
    const { out, err, exits } = await run('check', 'one', 'plan', '--json');
    expect(JSON.parse(out)).toEqual({
      skills: [
        { name: 'one', path, faults: [{ place: `${path}:1:1`, message: expect.stringContaining('description') }] },
        { name: 'plan', path: expect.stringContaining('plan/SKILL.md'), faults: [] },
      ],
    });
    expect({ err, exits }).toEqual({ err: '', exits: [1] });
  });
});
