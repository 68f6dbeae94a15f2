import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSkills, type SkillsDeps } from '../../../src/services/skills/skills.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { plantSkill, skillText } from './plant-skill.ts';

/** Folders for shipped skills, a project and a session. Skills are planted with their categories, dependencies and body. */
function aPlace(choice: Partial<SkillsDeps['choice']> = {}) {
  const dir = tempFolder();
  const [bundledDir, projectDir, sessionDir] = [join(dir, 'bundled'), join(dir, 'project'), join(dir, 'session')];
  for (const folder of [bundledDir, projectDir, sessionDir]) mkdirSync(folder);
  const skills = createSkills({
    bundledDir,
    projectDirOf: () => projectDir,
    foldersOf: (cwd) => ({ temp: `${cwd}/temp $& folder`, worktrees: '/worktrees' }),
    choice: { disabledCategories: [], enabledPacks: [], ...choice },
  });
  const seen = join(sessionDir, 'skills', '.claude', 'skills');
  return {
    projectDir,
    sessionDir,
    skills,
    bundled: (name: string, lines: readonly string[] = [], body?: string) =>
      plantSkill(bundledDir, name, skillText([`name: ${name}`, 'description: It.', ...lines], body)),
    maitred: (name: string, text: string) => plantSkill(join(projectDir, '.maitred/skills'), name, text),
    claude: (name: string, text: string) => plantSkill(join(projectDir, '.claude/skills'), name, text),
    prepare: (command: string) => skills.prepare({ command, cwd: projectDir, sessionDir }),
    seen,
    textSeen: (name: string) => readFileSync(join(seen, name, 'SKILL.md'), 'utf8'),
  };
}

const output = (name: string) => ['maitred:', '  outputs:', `    - {name: ${name}, type: text}`];

describe('a skill that is called', () => {
  it('is found with and without the namespace, with its contract and its arguments', () => {
    const { skills, bundled, projectDir } = aPlace();
    bundled('plan', [
      ...output('plan_path'),
      '  tools: [Bash]',
      '  writes: conditional',
      '  writes_when: [done]',
      '  makes_worktree: true',
    ]);
    for (const command of ['/plan a search box', '/maitred:plan a search box'])
      expect(skills.resolve(command, projectDir)).toEqual({
        name: 'plan',
        prompt: '/plan a search box',
        contract: {
          outputs: [
            { name: 'plan_path', type: 'text', isRequired: true, pattern: expect.stringMatching(/^\^plan_path/) },
          ],
          writes: 'conditional',
          writesWhen: ['done'],
          neededTools: ['Bash'],
          makesWorktree: true,
        },
      });
  });

  it('promises nothing without a contract', () => {
    const { skills, bundled, projectDir } = aPlace();
    bundled('plain');
    expect(skills.resolve('/plain', projectDir)).toMatchObject({
      prompt: '/plain',
      contract: { outputs: [], writes: 'unknown', neededTools: [], makesWorktree: false },
    });
  });

  it('is refused with the name that was probably meant', () => {
    const { skills, bundled, projectDir } = aPlace();
    bundled('make-plan');
    expect(() => skills.resolve('/make-pln x', projectDir)).toThrow(
      expect.objectContaining({ code: 'not_found', message: 'there is no skill "make-pln"; did you mean make-plan?' }),
    );
    expect(() => skills.resolve('/zzz', projectDir)).toThrow('maitred skills list shows them');
  });

  it('is refused with its places where it is not valid, also if a shipped one has the name', () => {
    const { skills, bundled, claude, projectDir } = aPlace();
    bundled('plan');
    const path = claude('plan', skillText(['name: plan', '\tdescription: x']));
    expect(() => skills.resolve('/plan', projectDir)).toThrow(
      expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining(`${path}:3:1: a tab`) }),
    );
  });

  it('is refused where its category is disabled, or its pack is not enabled', () => {
    const disabled = aPlace({ disabledCategories: ['audit'] });
    disabled.bundled('look', ['categories: [audit]']);
    expect(() => disabled.skills.resolve('/look', disabled.projectDir)).toThrow(
      expect.objectContaining({
        code: 'forbidden',
        message: 'the skill look is disabled: its category audit is in subsets.disabled; remove it there',
      }),
    );
    const off = aPlace();
    off.bundled('study', ['categories: [research]']);
    expect(() => off.skills.resolve('/study', off.projectDir)).toThrow('the pack research is not enabled');
    const on = aPlace({ enabledPacks: ['research'] });
    on.bundled('study', ['categories: [research]']);
    expect(on.skills.resolve('/study', on.projectDir)).toMatchObject({ name: 'study' });
  });

  it('is read anew at each call', () => {
    const { skills, maitred, projectDir } = aPlace();
    maitred('plan', skillText(output('one')));
    expect(skills.resolve('/plan', projectDir).contract.outputs).toMatchObject([{ name: 'one' }]);
    maitred('plan', skillText(output('two')));
    expect(skills.resolve('/plan', projectDir).contract.outputs).toMatchObject([{ name: 'two' }]);
  });
});

describe("a project's own skill", () => {
  it('wins over a shipped one, and one in .maitred over one in .claude', () => {
    const { skills, bundled, claude, maitred, projectDir } = aPlace();
    bundled('plan', output('shipped'));
    claude('plan', skillText(output('of_claude')));
    expect(skills.resolve('/plan', projectDir).contract.outputs).toMatchObject([{ name: 'of_claude' }]);
    maitred('plan', skillText(output('of_maitred')));
    expect(skills.resolve('/plan', projectDir).contract.outputs).toMatchObject([{ name: 'of_maitred' }]);
    expect(skills.list(projectDir).skills).toMatchObject([{ name: 'plan', place: { source: 'project' } }]);
  });

  it('keeps the contract of the shipped one where it has none', () => {
    const { skills, bundled, claude, projectDir } = aPlace();
    bundled('plan', output('plan_path'));
    claude('plan', '# My plan\n');
    expect(skills.resolve('/plan', projectDir).contract.outputs).toMatchObject([{ name: 'plan_path' }]);
  });

  it('is not read through a link that leaves the project or its folder', async () => {
    const { skills, claude, maitred, projectDir, bundled } = aPlace();
    const elsewhere = plantSkill(tempFolder(), 'secret', skillText(['name: secret']));
    bundled('plan');
    claude('other', '');
    symlinkSync(join(elsewhere, '..'), join(projectDir, '.claude/skills/plan'));
    maitred('other', 'x');
    mkdirSync(join(projectDir, '.claude/skills/file'));
    symlinkSync(elsewhere, join(projectDir, '.claude/skills/file/SKILL.md'));
    for (const [command, what] of [
      ['/plan', `the folder is a link that leaves ${projectDir}; replace it with a copy`],
      ['/file', 'the file is a link that leaves its folder; replace it with a copy'],
    ] as const)
      expect(() => skills.resolve(command, projectDir)).toThrow(what);
  });

  it('may be in a folder that is linked within the project', () => {
    const { skills, projectDir } = aPlace();
    plantSkill(join(projectDir, 'tools'), 'plan', skillText(output('plan_path')));
    mkdirSync(join(projectDir, '.claude/skills'), { recursive: true });
    symlinkSync('../../tools/plan', join(projectDir, '.claude/skills/plan'));
    expect(skills.resolve('/plan', projectDir)).toMatchObject({ name: 'plan' });
  });

  it('is left out of the list where its folder has no plain name', () => {
    const { skills, claude, projectDir } = aPlace();
    for (const name of ['a b', '.hidden', 'ok', 'x:y']) claude(name, '# x\n');
    expect(skills.list(projectDir).skills).toMatchObject([{ name: 'ok' }]);
  });
});

describe('what a session sees', () => {
  it('is the skill and what it depends on, in folders for this user alone', async () => {
    const { bundled, claude, prepare, seen, sessionDir } = aPlace();
    bundled('plan', ['activate_deps: [helper, lens]']);
    bundled('helper', ['maitred: {dependencies: [deep]}']);
    bundled('deep');
    bundled('other');
    claude('my-lens', skillText(['categories: [lens]']));
    const { skillDirs, prompt } = await prepare('/maitred:plan x');
    expect({ skillDirs, prompt }).toEqual({ skillDirs: [join(sessionDir, 'skills')], prompt: '/plan x' });
    expect(readdirSync(seen).sort()).toEqual(['deep', 'helper', 'my-lens', 'plan']);
    for (const path of ['skills', 'skills/.claude', 'skills/.claude/skills/plan'])
      expect(statSync(join(sessionDir, path)).mode & 0o777).toBe(0o700);
    expect(statSync(join(seen, 'plan/SKILL.md')).mode & 0o777).toBe(0o600);
  });

  it('is without disabled dependencies, and complete where they are circular', async () => {
    const { bundled, prepare, seen } = aPlace();
    bundled('plan', ['activate_deps: [b, study, gone]']);
    bundled('b', ['activate_deps: [plan]']);
    bundled('study', ['categories: [research]']);
    await prepare('/plan');
    expect(readdirSync(seen).sort()).toEqual(['b', 'plan']);
  });

  it('can be called: disable-model-invocation is removed, and nothing else of the frontmatter', async () => {
    const { bundled, prepare, textSeen } = aPlace();
    bundled('plan', ['disable-model-invocation: true', 'hooks: {a: 1}'], 'disable-model-invocation: in the body\n');
    await prepare('/plan');
    expect(textSeen('plan')).toBe(
      skillText(['name: plan', 'description: It.', 'hooks: {a: 1}'], 'disable-model-invocation: in the body\n'),
    );
  });

  it('names the folders of this session, whatever characters are in them', async () => {
    const { bundled, prepare, textSeen, projectDir } = aPlace();
    bundled('plan', [], '{{MAITRED_TEMP}}/a {{AUTOSKILLIT_TEMP}}/b {{MAITRED_WORKTREES}}/c {{OTHER}}\n');
    await prepare('/plan');
    const temp = `${projectDir}/temp $& folder`;
    expect(textSeen('plan')).toContain(`---\n${temp}/a ${temp}/b /worktrees/c {{OTHER}}\n`);
  });

  it('has no completion marker in skills that are only depended on', async () => {
    const { bundled, prepare, textSeen } = aPlace();
    const body = 'First.\r\nEnd with %%ORDER_UP%%.\r\n%%ORDER_UP::12ab34cd%%\r\n100 %% of it.\r\nLast %%DONE::1f%%';
    bundled('plan', ['activate_deps: [helper]'], body);
    bundled('helper', [], body);
    await prepare('/plan');
    expect(textSeen('helper')).toMatch(/---\nFirst\.\r\n100 %% of it\.\r\n$/);
    expect(textSeen('plan').endsWith(body)).toBe(true);
  });

  it('has the files beside a SKILL.md', async () => {
    const { claude, prepare, seen, projectDir } = aPlace();
    claude('plan', '# x\n');
    const dir = join(projectDir, '.claude/skills/plan');
    mkdirSync(join(dir, 'scripts'));
    writeFileSync(join(dir, 'scripts/run.sh'), 'echo hi\n');
    chmodSync(join(dir, 'scripts/run.sh'), 0o755);
    symlinkSync('scripts/run.sh', join(dir, 'alias.sh'));
    await prepare('/plan');
    expect(readFileSync(join(seen, 'plan/scripts/run.sh'), 'utf8')).toBe('echo hi\n');
    expect(statSync(join(seen, 'plan/scripts/run.sh')).mode & 0o100).toBe(0o100);
    expect(readFileSync(join(seen, 'plan/alias.sh'), 'utf8')).toBe('echo hi\n');
  });

  it('is refused where a file beside a SKILL.md is a link that leaves the folder, or there are too many', async () => {
    const linked = aPlace();
    linked.claude('plan', '# x\n');
    const link = join(linked.projectDir, '.claude/skills/plan/key');
    symlinkSync('/etc/hostname', link);
    await expect(linked.prepare('/plan')).rejects.toMatchObject({
      code: 'forbidden',
      message: `${link} is a link that leaves the skill's folder; replace it with a copy`,
    });
    expect(existsSync(join(linked.seen, 'plan/key'))).toBe(false);
    const full = aPlace();
    full.claude('plan', '# x\n');
    for (let count = 0; count < 201; count += 1)
      writeFileSync(join(full.projectDir, '.claude/skills/plan', `${count}`), '');
    await expect(full.prepare('/plan')).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('more than 200 files or 8 MiB'),
    });
  });

  it('is only the last skill where a session folder is prepared twice', async () => {
    const { bundled, prepare, seen } = aPlace();
    bundled('one');
    bundled('two');
    await prepare('/one');
    await prepare('/two');
    expect(readdirSync(seen)).toEqual(['two']);
  });

  it('is refused where nothing can be written, naming the folder', async () => {
    const { bundled, sessionDir, skills, projectDir } = aPlace();
    bundled('plan');
    writeFileSync(join(sessionDir, 'file'), '');
    const call = { command: '/plan', cwd: projectDir, sessionDir: join(sessionDir, 'file') };
    await expect(skills.prepare(call)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(join(sessionDir, 'file', 'skills')),
    });
  });
});

describe('the gate in front of implementing skills', () => {
  const gate = { skillNames: ['implement'], marker: 'VERIFIED' };

  it('reads the plan that the command names', () => {
    const { skills, projectDir } = aPlace();
    writeFileSync(join(projectDir, 'plan.md'), 'VERIFIED\n\n# Plan\n');
    expect(() => skills.checkGate('/implement plan.md', gate, projectDir)).not.toThrow();
    writeFileSync(join(projectDir, 'plan.md'), '# Plan\n');
    expect(() => skills.checkGate('/implement plan.md', gate, projectDir)).toThrow('has not been verified');
    expect(() => skills.checkGate('/implement other.md', gate, projectDir)).toThrow('cannot be read at');
  });
});
