import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSkills } from '../../../src/services/skills/skills.ts';

const nowhere = '/nowhere';
const skills = createSkills({
  bundledDir: resolve('assets/skills'),
  projectDirOf: () => nowhere,
  foldersOf: () => ({ temp: '/temp', worktrees: '/worktrees' }),
  choice: { disabledCategories: [], enabledPacks: [] },
});
const { skills: shipped } = skills.list(nowhere);

describe('the skills that are shipped', () => {
  it('are these, and have no faults', () => {
    expect(skills.check(nowhere, []).map(({ name, faults }) => ({ name, faults }))).toEqual(
      ['dry-walkthrough', 'implement-worktree', 'investigate', 'make-plan', 'resolve-failures', 'smoke-task'].map(
        (name) => ({ name, faults: [] }),
      ),
    );
  });

  it('promise what pipelines capture', () => {
    const promises = shipped.map(({ name, contract: { outputs, writes, makesWorktree } }) => [
      name,
      outputs.map((output) => output.name).join(),
      writes,
      makesWorktree,
    ]);
    expect(promises).toEqual([
      ['dry-walkthrough', '', 'always', false],
      ['implement-worktree', 'worktree_path,branch_name', 'always', true],
      ['investigate', 'investigation_path', 'always', false],
      ['make-plan', 'plan_path,plan_parts', 'always', false],
      ['resolve-failures', 'verdict,fixes_applied', 'conditional', false],
      ['smoke-task', '', 'unknown', false],
    ]);
  });

  it('need only tools that every Claude Code has', () => {
    const basic = ['Bash', 'Read', 'Write', 'Edit'];
    expect(shipped.flatMap(({ contract }) => contract.neededTools).filter((tool) => !basic.includes(tool))).toEqual([]);
    expect(shipped.find(({ name }) => name === 'smoke-task')?.contract.neededTools).toEqual(basic);
  });

  it.each(shipped.map(({ name }) => name))(
    'match in their example of the output each pattern of their contract: %s',
    (name) => {
      const { text, contract } = skills.show(name, nowhere);
      const example = text.slice(text.lastIndexOf('\n\n'));
      expect(contract.outputs.filter(({ pattern }) => !new RegExp(pattern, 'm').test(example))).toEqual([]);
    },
  );

  it.each(shipped.map(({ name }) => name))(
    'say before the first step that text between tool calls ends a session: %s',
    (name) => {
      const [before = ''] = skills.show(name, nowhere).text.split('## Steps');
      expect(before).toContain('- Write no text between tool calls.');
    },
  );

  it.each(shipped.map(({ name }) => name))('repeat that in each loop over things: %s', (name) => {
    const loops = skills.show(name, nowhere).text.match(/^.*for each of them.*(?:\n {2,}(?! *- ).*)*/gim) ?? [];
    expect(loops.filter((loop) => !loop.includes('without text between'))).toEqual([]);
  });

  it('leave no placeholder in the text of a session', () => {
    for (const { name } of shipped) expect(skills.show(name, nowhere).text).not.toMatch(/\{\{|\}\}/);
  });

  it('have no completion marker of their own', () => {
    for (const { name } of shipped) expect(skills.show(name, nowhere).text).not.toContain('%%');
  });
});
