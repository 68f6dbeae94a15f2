import { describe, expect, it } from 'vitest';
import { findDefaultExports, findStrangeNames } from './file-habits.ts';
import { findCircles } from './import-circles.ts';
import { findImportsOutOfOrder } from './import-order.ts';
import { findForeignGlobals, findForeignPackages } from './package-owners.ts';
import { readSourceFiles, sourceFile } from './source-file.ts';
import { findUnusedExports } from './unused-exports.ts';

const files = ['src', 'inspector'].flatMap(readSourceFiles);

describe('the program', () => {
  it('has files to look at, and every import inside of it leads to a file', () => {
    const paths = files.map(({ path }) => path);
    const inside = files.flatMap(({ imports }) => imports.flatMap(({ file }) => (file === null ? [] : [file])));
    expect(inside.length).toBeGreaterThan(100);
    expect(inside.filter((file) => !paths.includes(file))).toEqual([]);
  });

  it('imports downward only', () => {
    expect(findImportsOutOfOrder(files)).toEqual([]);
  });

  it('has no circle of imports, those of types counted', () => {
    expect(findCircles(files)).toEqual([]);
  });

  it('imports a package only where it is at home', () => {
    expect(findForeignPackages(files)).toEqual([]);
  });

  it('hands process and console down as arguments', () => {
    expect(findForeignGlobals(files)).toEqual([]);
  });

  it('has kebab-case files, and no place for what has no name', () => {
    expect(findStrangeNames(files)).toEqual([]);
  });

  it('has no default exports', () => {
    expect(findDefaultExports(files)).toEqual([]);
  });

  it('exports nothing that nobody uses but its tests', () => {
    // The pages of the charts are made from what lies in machines/, by whatever name.
    const looked = files.filter(({ path }) => !path.endsWith('.machine.ts'));
    const users = ['src', 'inspector', 'scripts', 'bench'].flatMap(readSourceFiles);
    expect(findUnusedExports(looked, users)).toEqual([]);
  });
});

describe('the rules catch', () => {
  it.each([
    ['upward', 'domain/a.ts', '../services/audit/audit.ts', 'services is not below domain'],
    ['sideways', 'machines/a.machine.ts', '../services/audit/audit.ts', 'services is not below machines'],
    ['sideways', 'services/a/a.ts', '../../machines/b.machine.ts', 'machines is not below services'],
    ['of the application by a command', 'cli/a.ts', '../app/open.ts', 'app is not below cli'],
    ['of the commands by the start', 'app/open.ts', '../cli/program.ts', 'cli is not below app'],
    ['of a service by the front', 'front/a.ts', '../services/audit/audit.ts', 'services is not below front'],
    ['of a service by the server', 'server/a.ts', '../services/audit/audit.ts', 'services is not below server'],
    ['of a schema by a chart', 'machines/a.machine.ts', '../domain/b.schema.ts', 'charts know no schemas'],
    ['of a service at work by a tool', 'tools/a.ts', '../services/b/b.ts', 'tools know the types of services only'],
    ['of a sibling at work', 'services/a/a.ts', '../b/b.ts', 'services know the types of their siblings only'],
    ['of a service by a hook', 'hooks/a.ts', '../services/audit/audit.ts', 'hooks know the platform only'],
    ['of a hook by the start', 'app/a.ts', '../hooks/run-hook.ts', 'hooks is not below app'],
    ['of the start', 'cli/a.ts', '../main.ts', "main.ts is nobody's to import"],
    [
      'of a service by the inspector',
      '../inspector/server/a.ts',
      '../../src/services/state/audit/audit.ts',
      'services is not below ../inspector/server',
    ],
    [
      'of the page by its server',
      '../inspector/server/a.ts',
      '../page/page.tsx',
      '../inspector/page is not below ../inspector/server',
    ],
    [
      'of the model by the server',
      '../inspector/server/a.ts',
      '../model/a.ts',
      "the inspector's server knows the types of its page only",
    ],
    [
      'of the page by the model',
      '../inspector/model/a.ts',
      '../page/page.tsx',
      '../inspector/page is not below ../inspector/model',
    ],
    [
      'of the inspector by the start',
      'app/open.ts',
      '../../inspector/server/serve-inspector.ts',
      '../inspector/server is not below app',
    ],
    ['by a file without a place', 'odd.ts', './domain/a.ts', 'odd.ts has no place in the order'],
  ])('an import %s: %s imports %s', (_, path, specifier, why) => {
    const bad = sourceFile(path, `import { x } from '${specifier}';`);
    expect(findImportsOutOfOrder([bad])).toEqual([`${path} imports ${bad.imports[0]?.file}: ${why}`]);
  });

  it.each([
    `import type { X } from '../services/x/x.ts';`,
    `export type { X } from '../services/x/x.ts';`,
    `export * from "../services/x/x.ts";`,
    `import '../services/x/x.ts';`,
    `import x, { type Y } from '../services/x/x.ts';`,
    `import {\n  x, // from here\n} from\n  '../services/x/x.ts';`,
    `const x = await import('../services/x/x.ts');`,
    'const x = await import(`../services/x/x.ts`);',
    `type X = import('../services/x/x.ts').X;`,
    `let x: typeof import('../services/x/x.ts');`,
    `const x = require('../services/x/x.ts');`,
    `const y = /['"\`]/; import { x } from '../services/x/x.ts';`,
    `const y = \`\${/* \` */ await import("../services/x/x.ts")}\`;`,
    `const y = 1 / 2; /* it's */ import { x } from '../services/x/x.ts'; const z = 3 / 4;`,
  ])('it in every form: %s', (source) => {
    expect(findImportsOutOfOrder([sourceFile('domain/a.ts', source)])).toEqual([
      'domain/a.ts imports services/x/x.ts: services is not below domain',
    ]);
  });

  it.each([
    `// import { x } from '../services/x/x.ts';`,
    `/** import('../services/x/x.ts') */`,
    `const text = "import { x } from '../services/x/x.ts'";`,
    `const text = \`import { x } from '../services/x/x.ts' \${1 + 1} import('../services/x/x.ts')\`;`,
    `const pattern = /import '..\\/services\\/x\\/x.ts'/;`,
    `const options = { import: '../services/x/x.ts' }; options.import('../services/x/x.ts');`,
    `export const from = '../services/x/x.ts';`,
    `const url = import.meta.url + '../services/x/x.ts';`,
  ])('nothing in text that only looks like an import: %s', (source) => {
    expect(sourceFile('domain/a.ts', source).imports).toEqual([]);
  });

  it('no import that is in order', () => {
    const good = [
      sourceFile('app/command-line.ts', `import { x } from '../cli/program.ts';`),
      sourceFile('services/a/a.ts', `import type { B } from '../b/b.ts'; import { f } from '../platform/files.ts';`),
      sourceFile('tools/a/a.ts', `import type { B } from '../../services/b/b.ts'; import { z } from '../z.ts';`),
      sourceFile('main.ts', `import { open } from './app/open.ts'; void import('./app/command-line.ts');`),
      sourceFile('app/inspector.ts', `import { serveInspector } from '../../inspector/server/serve-inspector.ts';`),
      sourceFile(
        '../inspector/page/a.tsx',
        `import { x } from '../model/x.ts'; import { y } from '../../src/drawing/y.ts';`,
      ),
    ];
    expect(findImportsOutOfOrder(good)).toEqual([]);
  });

  it('a circle, also one of types', () => {
    const circle = [
      sourceFile('domain/a.ts', `import type { B } from './b.ts';`),
      sourceFile('domain/b.ts', `import { c } from './c.ts';`),
      sourceFile('domain/c.ts', `export type { A } from './a.ts';`),
      sourceFile('domain/d.ts', `import { a } from './a.ts';`),
    ];
    expect(findCircles(circle)).toEqual(['domain/a.ts → domain/b.ts → domain/c.ts → domain/a.ts']);
    expect(findCircles(circle.slice(1))).toEqual([]);
  });

  it.each([
    ['domain/a.ts', 'xstate'],
    ['drawing/a.ts', 'xstate'],
    ['tools/a.ts', '@modelcontextprotocol/sdk/types.js'],
    ['app/a.ts', 'commander'],
    ['app/a.ts', 'yaml'],
    ['domain/a.ts', 'zod'],
    ['machines/a.ts', 'zod/v4'],
    ['services/audit/a.ts', 'execa'],
    ['app/a.ts', 'node:child_process'],
    ['hooks/a.ts', 'node:child_process'],
    ['hooks/a.ts', 'zod'],
    ['app/a.ts', 'child_process'],
    ['front/a.ts', 'node:process'],
    ['services/audit/a.ts', 'left-pad'],
    ['cli/a.ts', 'preact'],
    ['../inspector/model/a.ts', 'preact'],
    ['../inspector/model/a.ts', 'xstate'],
    ['../inspector/model/a.ts', 'node:fs'],
    ['../inspector/page/a.tsx', 'elkjs'],
    ['../inspector/server/a.ts', 'xstate'],
    ['../inspector/server/a.ts', 'node:child_process'],
  ])('a package that is not at home: %s imports %s', (path, specifier) => {
    expect(findForeignPackages([sourceFile(path, `import type { x } from '${specifier}';`)])).toHaveLength(1);
  });

  it('no package that is at home, and no other part of Node', () => {
    const good = [
      sourceFile('domain/a.schema.ts', `import * as z from 'zod';`),
      sourceFile('server/a.ts', `import { Server } from '@modelcontextprotocol/sdk/server/index.js';`),
      sourceFile(
        'services/platform/a.ts',
        `import { spawn } from 'node:child_process'; import { execa } from 'execa';`,
      ),
      sourceFile('services/a/a.ts', `import { readFile } from 'node:fs/promises';`),
      sourceFile(
        '../inspector/page/a.tsx',
        `import { render } from 'preact'; import { signal } from '@preact/signals';`,
      ),
      sourceFile('../inspector/server/a.ts', `import { createServer } from 'node:http';`),
    ];
    expect(findForeignPackages(good)).toEqual([]);
  });

  it('an import by a computed name', () => {
    const bad = sourceFile('app/a.ts', `const name = 'xstate'; await import(name); await import(\`./\${name}.ts\`);`);
    expect(findForeignPackages([bad])).toEqual(Array(2).fill('app/a.ts imports by a computed name'));
  });

  it('a use of process or console', () => {
    const bad = sourceFile('app/a.ts', "const { env } = process; globalThis.console?.log('x');");
    expect(findForeignGlobals([bad])).toEqual(['app/a.ts uses process', 'app/a.ts uses console']);
    const good = sourceFile(
      'app/a.ts',
      "host.process.exit(1); const text = { process: 'process.exit' }; // console.log\n",
    );
    expect(findForeignGlobals([good, sourceFile('main.ts', 'process.exit(1);')])).toEqual([]);
  });

  it('a name that is not kebab-case, and one that says nothing', () => {
    const paths = [
      'domain/appError.ts',
      'Domain/a.ts',
      'services/utils/a.ts',
      'domain/helpers.ts',
      'domain/a.schema.ts',
    ];
    expect(findStrangeNames(paths.map((path) => sourceFile(path, '')))).toEqual([
      'domain/appError.ts is not kebab-case',
      'Domain/a.ts is not kebab-case',
      'services/utils/a.ts: utils says nothing',
      'domain/helpers.ts: helpers says nothing',
    ]);
  });

  it('a value that is exported for nobody', () => {
    const user = sourceFile('domain/b.ts', "import { used, awaited } from './a.ts';");
    const maker = sourceFile(
      'domain/a.ts',
      'export const used = 1; export async function awaited() {} export function* unused() {} export interface Type {}',
    );
    expect(findUnusedExports([maker], [user])).toEqual(['domain/a.ts exports unused, which nobody uses']);
  });

  it('a default export', () => {
    const sources = [
      'export default 1;',
      'const a = 1; export { a as default };',
      "import { default as a } from 'x'; switch (a) { default: }",
    ];
    expect(findDefaultExports(sources.map((source, at) => sourceFile(`domain/${at}.ts`, source)))).toEqual([
      'domain/0.ts has a default export',
      'domain/1.ts has a default export',
    ]);
  });
});
