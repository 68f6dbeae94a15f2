import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRecipeFile } from '../../../src/services/recipes/read-recipe-file.ts';
import { baseRecipe, changedRecipe } from '../../domain/recipe/base-recipe.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';

function findingsOf(text: string | Uint8Array): readonly string[] {
  const path = join(tempFolder(), 'a.yaml');
  writeFileSync(path, text);
  return readRecipeFile(path).findings.map(
    ({ line, col, rule, message, fix }) => `${line}:${col} ${rule}: ${message}; ${fix}`,
  );
}

const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...['b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name, index) => {
    const below = `*${'abcdefg'.charAt(index)}`;
    return `${name}: &${name} [${Array(9).fill(below).join(', ')}]`;
  }),
].join('\n');

describe('A recipe file is read', () => {
  it.each([
    ['with Windows line ends', baseRecipe.replaceAll('\n', '\r\n')],
    ['with a byte order mark', `\ufeff${baseRecipe}`],
    [
      'with an anchor and an alias',
      changedRecipe('cwd: /work}', 'cwd: &dir /work}').replace('cwd: /work', 'cwd: *dir'),
    ],
    ['with a step called constructor', baseRecipe.replaceAll('ask', 'constructor')],
  ])('%s', (_, text) => {
    expect(findingsOf(text)).toEqual([]);
  });

  it.each([
    [
      'a tab',
      changedRecipe('    tool: run_skill', '\ttool: run_skill'),
      '9:1 invalid-yaml: a tab in the indentation; ',
    ],
    [
      'a key twice',
      changedRecipe('on_success: check', 'tool: run_cmd'),
      '12:5 invalid-yaml: the key "tool" is repeated; ',
    ],
    ['a second document', `${baseRecipe}---\nname: other\n`, '25:1 invalid-yaml: a second document begins; '],
    ['a NUL character', changedRecipe('what to do', 'what\0'), '4:27 invalid-yaml: a NUL character; expected text; '],
    ['5,000 levels', `a: ${'['.repeat(5_000)}`, '1:35 invalid-yaml: nested too deeply; flatten it'],
    [
      '5,000 levels in rows',
      Array.from({ length: 5_000 }, (_, level) => `${' '.repeat(level % 90)}a:`).join('\n'),
      '32:33 invalid-yaml: nested too deeply; ',
    ],
    [
      '10 MB',
      `note: ${'x'.repeat(10_000_000)}`,
      '1:1 invalid-yaml: the file has 10000006 bytes; expected at most 1 MiB; ',
    ],
    ['aliases that multiply', bomb, '1:1 invalid-yaml: aliases have no target or grow too large; '],
    ['101 aliases', `a: &a x\nb: [${Array(101).fill('*a').join(', ')}]`, '2:405 invalid-yaml: more than 100 aliases; '],
    [
      'an alias in what it stands for',
      changedRecipe('steps:', 'steps: &all').replace('cwd: /work}', 'cwd: *all}'),
      '10:65 invalid-yaml: an alias stands for something that it is a part of; ',
    ],
    ['no UTF-8', Buffer.from([0x61, 0x3a, 0x20, 0xff]), '1:4 invalid-yaml: not UTF-8 text; '],
    [
      'the name __proto__',
      changedRecipe('  halt:', '  __proto__: {action: stop, message: x}\n  halt:'),
      '24:3 bad-name: ',
    ],
    ['a template that never closes', changedRecipe('inputs.task }}', 'inputs.task'), '10:39 unreadable-template: '],
    ['a key that is nearly right', changedRecipe('on_failure: halt', 'on_failur: halt'), '13:5 unknown-key: '],
    [
      'a folder that is filled in later',
      changedRecipe('name: base', 'name: base\nexperimental: {{MAITRED_TEMP}}'),
      '2:15 invalid-value: experimental is "{{MAITRED_TEMP}}"; ',
    ],
    [
      'the key on, which is a text',
      changedRecipe('steps:', 'on: push\nsteps:'),
      '7:1 unknown-key: unknown key "on" in the recipe; ',
    ],
    ['a list', '- a', '1:1 invalid-value: the recipe is a list; expected a mapping with name and steps'],
    ['nothing', '', '1:1 invalid-value: the recipe is empty; expected a mapping with name and steps'],
    [
      'a fault in folded lines',
      changedRecipe('message: It ended.', `message: "a\n    b \${{ x"`),
      '25:7 unreadable-template: ',
    ],
    [
      'a fault in a block',
      changedRecipe(
        `with: {cmd: "cat \${{ context.plan }}", cwd: /work}`,
        `with:\n      cmd: |\n        cat\n          \${{ context.plam }}\n      cwd: /work`,
      ),
      '21:15 context-before-capture: ',
    ],
  ])('and refused with the place of %s', (_, text, start) => {
    const [first = ''] = findingsOf(text);
    expect(first.slice(0, start.length)).toBe(start);
  });

  it.each([
    ['steps with an unknown key', '{tol: x}'],
    ['steps with unknown names', '{tool: rn_cmd, on_success: sept_1, on_failure: sept_2}'],
  ])('and bounded in what it finds in thousands of %s', (_, step) => {
    const steps = Array.from({ length: 2_000 }, (__, index) => `  step_${index}: ${step}\n`);
    const found = findingsOf(`name: many\nsteps:\n${steps.join('')}`);
    expect(found).toHaveLength(201);
    expect(found.filter((each) => each.startsWith('1:1 too-many-findings: there are more than 200 '))).toHaveLength(1);
  });

  it('and bounded in the keys that it finds repeated', () => {
    expect(findingsOf(`name: many\nsteps:\n${'  same: {}\n'.repeat(5_000)}`)).toHaveLength(200);
  });

  it('and shown to be missing', () => {
    expect(readRecipeFile('/nowhere/a.yaml').findings).toEqual([
      {
        file: '/nowhere/a.yaml',
        line: 1,
        col: 1,
        rule: 'invalid-yaml',
        severity: 'error',
        step: null,
        message: 'the file does not exist',
        fix: 'expected a recipe; check its path',
      },
    ]);
  });
});
