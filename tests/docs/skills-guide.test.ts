import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../cli/run-program.ts';
import { tempFolder } from '../doubles/temp-folder.ts';
import { plantSkill } from '../services/skills/plant-skill.ts';

const guide = readFileSync('docs/skills.md', 'utf8');
const [, example = ''] = /```markdown\n(.*?)^```$/ms.exec(guide) ?? [];

describe('the guide to skills', () => {
  const check = (text: string) => {
    const projectDir = tempFolder();
    plantSkill(join(projectDir, '.claude/skills'), 'release-notes', text);
    return runProgram(['skills', 'check', 'release-notes', '--project', projectDir], { programDir: 'assets' });
  };

  it('shows a skill that has no faults', async () => {
    expect(await check(example)).toEqual({ out: '', err: 'maitred: 1 skill checked: no faults\n', exits: [0] });
  });

  it('shows the fault that check finds in it with another type', async () => {
    const { out } = await check(example.replace('type: file_path', 'type: path'));
    expect(guide).toContain(`\n/home/ann/shop/${out.slice(out.indexOf('.claude/'))}`);
  });

  it('has a row for each skill that is shipped', async () => {
    const { out } = await runProgram(['skills', 'list', '--json'], { cwd: () => '/nowhere', programDir: 'assets' });
    for (const { name } of JSON.parse(out).skills) expect(guide).toContain(`\n| \`${name}\` |`);
  });
});
