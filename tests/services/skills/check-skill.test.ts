import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { placedText } from '../../../src/domain/placed-fault.ts';
import { createSkills } from '../../../src/services/skills/skills.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { plantSkill, skillText } from './plant-skill.ts';

/** The faults of the skill `a`, with places from the name of the file on. */
function faultsOf(lines: readonly string[], body?: string, others: Readonly<Record<string, readonly string[]>> = {}) {
  const projectDir = tempFolder();
  const folder = join(projectDir, '.maitred/skills');
  plantSkill(folder, 'a', skillText(lines, body));
  for (const [name, of] of Object.entries(others)) plantSkill(folder, name, skillText([`name: ${name}`, ...of]));
  const skills = createSkills({
    bundledDir: join(projectDir, 'none'),
    projectDirOf: () => projectDir,
    foldersOf: () => ({ temp: '', worktrees: '' }),
    choice: { disabledCategories: [], enabledPacks: [] },
  });
  const [checked] = skills.check(projectDir, ['a']);
  return (checked?.faults ?? []).map((fault) => placedText(fault).replace(/^.*?\/(?=SKILL\.md:)/, ''));
}

const known = ['name: a', 'description: Does it.'];
const withOutput = (output: string) => [...known, 'maitred:', '  outputs:', `    - ${output}`];

describe('the check of a skill', () => {
  it('finds nothing in a skill that keeps its promises', () => {
    const lines = [
      ...known,
      'maitred:',
      '  dependencies: [b, github, my-pack]',
      '  outputs:',
      '    - {name: plan_path, type: file_path, examples: [plan_path = /a.md]}',
      '    - {name: note, type: text, required: false}',
      '    - {name: pr, type: text, pattern: "pr = #[0-9]+", examples: ["pr = #12"]}',
    ];
    const body = '# A\n\n## Output\n\nplan_path = /a.md\npr = #1\n';
    expect(faultsOf(lines, body, { b: [], c: ['categories: [my-pack]'] })).toEqual([]);
  });

  it('finds a name that differs from that of the folder, and a description that is missing', () => {
    expect(faultsOf(['name: b'])).toEqual([
      'SKILL.md:2:7: the name is "b"; expected that of its folder; write "a", or rename the folder',
      expect.stringMatching(/^SKILL\.md:2:1: the description is missing; expected a sentence/),
    ]);
  });

  it('finds an example that the pattern does not match', () => {
    expect(faultsOf(withOutput('{name: x, type: number, examples: [x = 1, x = one]}'), '## Output\nx = 1\n')).toEqual([
      expect.stringMatching(/^SKILL\.md:6:49: the example "x = one" does not match ".*"; expected a line that does; /),
    ]);
  });

  it('finds a pattern without an example', () => {
    expect(faultsOf(withOutput('{name: x, type: text, pattern: "x = .+"}'), '## Output\nx = 1\n')).toEqual([
      expect.stringMatching(/^SKILL\.md:6:38: the pattern of x has no examples; /),
    ]);
  });

  it.each([
    ['Write x.\n', 'there is no section "## Output"'],
    ['## Output\n\nNothing.\n\n## More\n\nx = 1\n', 'the section Output does not name it'],
    ['## Output\n\nxx = 1\n', 'the section Output does not name it'],
  ])('finds a required output that the section Output does not describe: %j', (body, why) => {
    expect(faultsOf(withOutput('{name: x, type: text}'), body)).toEqual([
      `SKILL.md:6:14: the output x is required, and ${why}; expected the line "x = …" there; add it`,
    ]);
  });

  it('finds dependencies that do not exist, in either list', () => {
    const lines = [...known, 'activate_deps: [githup, b]', 'maitred:', '  dependencies: [zzz]'];
    expect(faultsOf(lines, undefined, { b: [] })).toEqual([
      'SKILL.md:6:18: there is no skill and no pack "zzz"; expected the name of one; remove it',
      'SKILL.md:4:17: there is no skill and no pack "githup"; expected the name of one; did you mean "github"?',
    ]);
  });

  it('finds a circle of dependencies, and names it', () => {
    const lines = [...known, 'activate_deps: [c, b]'];
    expect(faultsOf(lines, undefined, { b: ['maitred: {dependencies: [a]}'], c: [] })).toEqual([
      'SKILL.md:4:20: the dependencies are circular: a → b → a; expected none of a skill on itself; remove one',
    ]);
  });

  it('finds nothing wrong with a skill because another is not valid', () => {
    expect(faultsOf([...known, 'activate_deps: [b]'], undefined, { b: ['name: again'] })).toEqual([]);
  });
});
