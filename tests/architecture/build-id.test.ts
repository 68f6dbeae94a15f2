import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { programOptions } from '../../scripts/build.mts';
import { tempFolder } from '../doubles/temp-folder.ts';

const root = process.cwd();
afterEach(() => process.chdir(root));

const files = {
  'package.json': '{}',
  'package-lock.json': '{}',
  'src/main.ts': 'start();',
  'src/tools/a-tool.ts': 'run();',
  'inspector/page/page.tsx': 'render();',
  'inspector/page/page.css': 'a {}',
  'inspector/page/page.html': '<p>',
  'scripts/build.mts': 'build();',
};

/** The id that a build of these files gets. */
function buildIdOf(source: Readonly<Record<string, string>>): string {
  const dir = tempFolder();
  for (const [path, text] of Object.entries(source)) {
    mkdirSync(dirname(`${dir}/${path}`), { recursive: true });
    writeFileSync(`${dir}/${path}`, text);
  }
  process.chdir(dir);
  return programOptions().define.__MAITRED_BUILD_ID__;
}

it('The same source has one build id', () => {
  expect(buildIdOf(files)).toBe(buildIdOf({ ...files }));
});

it.each(Object.keys(files))('The build id changes when %s does', (path) => {
  expect(buildIdOf({ ...files, [path]: 'changed' })).not.toBe(buildIdOf(files));
});
