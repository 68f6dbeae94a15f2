import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../cli/run-program.ts';
import { tempFolder } from '../doubles/temp-folder.ts';

const guide = readFileSync('docs/recipes.md', 'utf8');
const [, example = ''] = /```yaml\n(.*?)^```$/ms.exec(guide) ?? [];

describe('the guide to recipes', () => {
  const check = (text: string) => {
    const projectDir = tempFolder();
    mkdirSync(join(projectDir, '.maitred/recipes'), { recursive: true });
    writeFileSync(join(projectDir, '.maitred/recipes/release-notes.yaml'), text);
    return runProgram(['recipes', 'check', 'release-notes', '--project', projectDir], { programDir: 'assets' });
  };

  it('shows a recipe without findings', async () => {
    expect(await check(example)).toEqual({ out: '', err: 'maitred: 1 recipe checked: no findings\n', exits: [0] });
  });

  it('shows what check finds in it with a wrong step', async () => {
    const { out } = await check(example.replace('route: approve', 'route: aprove'));
    expect(guide).toContain(`\n/home/ann/shop/${out.slice(out.indexOf('.maitred/'))}`);
  });

  it('has a row for each rule, and for each recipe that is shipped', () => {
    const rules = readdirSync('src/domain/recipe/rules');
    for (const rule of [...rules, 'invalid-yaml', 'unknown-key', 'invalid-value'])
      expect(guide).toMatch(new RegExp(`\\n\\| \`${rule.replace('.ts', '')}\` \\| (error|warning) \\|`));
    for (const recipe of readdirSync('assets/recipes'))
      expect(guide).toContain(`\n| \`${recipe.replace('.yaml', '')}\` |`);
  });

  it('names each key of a recipe, an input and a step', async () => {
    const { properties } = JSON.parse((await runProgram(['schema', 'recipe'])).out);
    const [input] = properties.inputs.additionalProperties.anyOf;
    const step = properties.steps.additionalProperties;
    for (const { properties: keys } of [{ properties }, input, step])
      for (const key of Object.keys(keys)) expect(guide).toMatch(new RegExp(`\`${key}(: [a-z]+)?\``));
  });
});
