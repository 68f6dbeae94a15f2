import { describe, expect, it } from 'vitest';
import { placedText } from '../../../src/domain/placed-fault.ts';
import { readSkillFile } from '../../../src/services/skills/read-skill-file.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { plantSkill, skillText } from './plant-skill.ts';

const read = (text: string | Uint8Array) => readSkillFile(plantSkill(tempFolder(), 'a', text));

/** The faults, with places from the name of the file on. */
function faultsOf(text: string | Uint8Array): readonly string[] {
  const file = read(text);
  if (!('faults' in file)) throw new Error('the file is valid');
  return file.faults.map((fault) => placedText(fault).replace(/^.*?\/(?=SKILL\.md:)/, ''));
}

function frontmatterOf(text: string | Uint8Array) {
  const file = read(text);
  if ('faults' in file) throw new Error(placedText(file.faults[0] ?? { place: '', message: '' }));
  return file.frontmatter;
}

describe('a SKILL.md', () => {
  it('has a frontmatter and a body', () => {
    const text = skillText(['name: a', 'description: Does it.', 'categories: [audit]', 'activate_deps: [b, lens]']);
    expect(read(text)).toMatchObject({
      frontmatter: { name: 'a', description: 'Does it.', categories: ['audit'], activate_deps: ['b', 'lens'] },
      head: text.replace('Do it.\n', ''),
      body: 'Do it.\n',
    });
  });

  it('needs no frontmatter', () => {
    for (const text of ['# Do it\n\n---\n\nname: no\n\n---\n', ''])
      expect(read(text)).toMatchObject({ head: '', body: text, frontmatter: { categories: [], activate_deps: [] } });
  });

  it('may have an empty frontmatter', () => {
    expect(read('---\n---\nDo it.')).toMatchObject({ head: '---\n---\n', body: 'Do it.' });
    expect(read('---\n# nothing\n---')).toMatchObject({ body: '' });
  });

  it('may have a byte order mark and lines that end as on Windows', () => {
    const text = '\uFEFF---\r\nname: a\r\ndescription: Does it.\r\n---\r\nDo it.\r\n';
    expect(frontmatterOf(text)).toMatchObject({ name: 'a', description: 'Does it.' });
    expect(read(text)).toMatchObject({ body: 'Do it.\r\n' });
  });

  it('keeps the keys of clients, and reads their lists with commas', () => {
    const lines = [
      'allowed-tools: Bash, Read',
      'hooks: {PreToolUse: []}',
      'triggers: [x]',
      'dependencies: python>=3.8',
    ];
    expect(frontmatterOf(skillText([...lines, 'categories: audit, ci', 'activate_deps:']))).toMatchObject({
      'allowed-tools': 'Bash, Read',
      hooks: { PreToolUse: [] },
      dependencies: 'python>=3.8',
      categories: ['audit', 'ci'],
      activate_deps: [],
    });
  });

  it.each([
    [
      skillText(['name: a', '\tdescription: x']),
      ['SKILL.md:3:1: a tab in the indentation; expected spaces; replace the tab with spaces'],
    ],
    [skillText(['name: a', 'description: [x']), [expect.stringMatching(/^SKILL\.md:4:1: .*bracket/)]],
    [
      skillText(['name: a', 'name: b']),
      [expect.stringMatching(/^SKILL\.md:3:1: the key "name" is repeated; .*SKILL\.md:2:1\)$/)],
    ],
    [
      '---\nname: a\nDo it.\n',
      ['SKILL.md:1:1: the frontmatter does not end; expected a second line ---; add it below the last key'],
    ],
    [
      skillText(['- a']),
      ['SKILL.md:2:1: the frontmatter is a list; expected keys with values, such as name and description; change it'],
    ],
    [skillText(['name: [a]']), ['SKILL.md:2:7: name is a list; expected the name of the skill; change it']],
    [Buffer.from('---\nname: \xff\n---\n', 'latin1'), [expect.stringMatching(/^SKILL\.md:2:7: not UTF-8 text; /)]],
    [
      `# ${'x'.repeat(256 * 1024)}`,
      ['SKILL.md:1:1: the file has 262146 bytes; expected at most 256 KiB; move parts of it to other files'],
    ],
  ])('says what is wrong and where: %#', (text, faults) => {
    expect(faultsOf(text)).toEqual(faults);
  });

  it('says that a file is missing', () => {
    expect(readSkillFile('/nowhere/SKILL.md')).toEqual({
      faults: [{ place: '/nowhere/SKILL.md:1:1', message: expect.stringContaining('does not exist') }],
    });
  });
});

describe('the contract in a SKILL.md', () => {
  const withContract = (...lines: readonly string[]) =>
    skillText(['name: a', 'maitred:', ...lines.map((line) => `  ${line}`)]);
  const withOutput = (output: string) => withContract('outputs:', `  - ${output}`);

  it('has defaults', () => {
    expect(frontmatterOf(withOutput('{name: x, type: text}')).maitred).toEqual({
      tools: [],
      dependencies: [],
      inputs: [],
      outputs: [{ name: 'x', type: 'text', required: true, examples: [] }],
      writes_when: [],
      makes_worktree: false,
    });
  });

  it.each([
    [
      withContract('tool: [Bash]'),
      /^SKILL\.md:4:3: unknown key "tool" in maitred; expected one of tools, .*; did you mean "tools"\?$/,
    ],
    [
      withContract('inputs:', '  - {name: x, requird: true}'),
      /^SKILL\.md:5:17: unknown key "requird" in maitred\.inputs\[0\]; expected one of name, description, required; did you mean "required"\?$/,
    ],
    [withOutput('{name: x, typ: text}'), /unknown key "typ" in maitred\.outputs\[0\]; .*did you mean "type"\?$/],
    [
      withOutput('{name: x, type: path}'),
      /^SKILL\.md:5:23: maitred\.outputs\[0\]\.type is "path"; expected one of text, number, /,
    ],
    [
      withOutput('{name: Plan-Path, type: text}'),
      /maitred\.outputs\[0\]\.name is "Plan-Path"; expected a name of small letters/,
    ],
    [
      withOutput('{type: text}'),
      /^SKILL\.md:5:7: maitred\.outputs\[0\]\.name is missing; expected a name of small letters/,
    ],
    [
      withOutput('{name: x, type: choice}'),
      /^SKILL\.md:5:7: maitred\.outputs\[0\]\.values is missing; expected a list of values for the type choice/,
    ],
    [
      withOutput('{name: x, type: text, values: [a]}'),
      /values is a list; expected a list of values for the type choice, and none for other types/,
    ],
    [
      withOutput('{name: x, type: text, pattern: "x = ("}'),
      /pattern is "x = \("; expected a regular expression of at most 500 characters/,
    ],
    [
      withContract('writes: sometimes'),
      /^SKILL\.md:4:11: maitred\.writes is "sometimes"; expected always, never or conditional/,
    ],
    [
      withContract('writes: conditional'),
      /maitred\.writes_when is missing; expected regular expressions where writes is conditional/,
    ],
    [
      withContract('writes: always', 'writes_when: [x]'),
      /^SKILL\.md:5:16: maitred\.writes_when is a list; expected regular expressions where writes is conditional, and none elsewhere/,
    ],
    [skillText(['maitred: yes please']), /^SKILL\.md:2:10: maitred is "yes please"; expected a mapping/],
  ])('says what is wrong and where: %#', (text, fault) => {
    expect(faultsOf(text)[0]).toMatch(fault);
  });

  it('has all its faults named at once', () => {
    expect(faultsOf(withContract('tools: Bash', 'writes: 1', 'outputs: 5'))).toHaveLength(3);
  });
});
