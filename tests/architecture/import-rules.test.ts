import { describe, expect, it } from 'vitest';
import { findBadNames, findDefaultExports, findForeignJson } from './file-habits.ts';
import { findCycles } from './import-cycles.ts';
import { findImportsOutOfOrder } from './import-order.ts';
import { findForeignGlobals, findForeignPackages } from './package-owners.ts';
import { readSourceFiles, sourceFile } from './source-file.ts';
import { findUnusedExports } from './unused-exports.ts';

const files = ['src', 'inspector'].flatMap(readSourceFiles);

describe('the program', () => {
  it('has files, and each of their relative imports leads to one', () => {
    const paths = files.map(({ path }) => path);
    const inside = files.flatMap(({ imports }) => imports.flatMap(({ file }) => (file === null ? [] : [file])));
    expect(inside.length).toBeGreaterThan(100);
    expect(inside.filter((file) => !paths.includes(file))).toEqual([]);
  });

  it('imports only from the layers below', () => {
    expect(findImportsOutOfOrder(files)).toEqual([]);
  });

  it('has no import cycle, type imports included', () => {
    expect(findCycles(files)).toEqual([]);
  });

  it('imports each package only in the places that own it', () => {
    expect(findForeignPackages(files)).toEqual([]);
  });

  it('passes process and console down as arguments, and makes every timer in one place', () => {
    expect(findForeignGlobals(files)).toEqual([]);
  });

  it('has kebab-case file names, none of them a word like utils', () => {
    expect(findBadNames(files)).toEqual([]);
  });

  it('writes JSON with encodeJson only', () => {
    expect(findForeignJson(files)).toEqual([]);
  });

  it('has no default exports', () => {
    expect(findDefaultExports(files)).toEqual([]);
  });

  it('exports no value that only its tests use', () => {
    // The docs import every file of machines/ by its path and take whatever it exports.
    const checked = files.filter(({ path }) => !path.endsWith('.machine.ts'));
    const users = [...files, ...['scripts', 'bench'].flatMap(readSourceFiles)];
    expect(findUnusedExports(checked, users)).toEqual([]);
  });
});

describe('the rules catch', () => {
  it.each([
    ['upward', 'domain/a.ts', '../services/audit/audit.ts', 'services is not below domain'],
    ['sideways', 'machines/a.machine.ts', '../services/audit/audit.ts', 'services is not below machines'],
    ['sideways', 'services/a/a.ts', '../../machines/b.machine.ts', 'machines is not below services'],
    ['of app by a command', 'cli/a.ts', '../app/open.ts', 'app is not below cli'],
    ['of a runner by a command', 'cli/a.ts', '../runners/a.ts', 'runners is not below cli'],
    ['of a command by app', 'app/open.ts', '../cli/program.ts', 'cli is not below app'],
    ['of a service by the front', 'front/a.ts', '../services/audit/audit.ts', 'services is not below front'],
    ['of a runner by the front', 'front/a.ts', '../runners/a.ts', 'runners is not below front'],
    ['of a service by the server', 'server/a.ts', '../services/audit/audit.ts', 'services is not below server'],
    ['of a runner by the server', 'server/a.ts', '../runners/a.ts', 'runners is not below server'],
    ['of a runner by a machine', 'machines/a.machine.ts', '../runners/a.ts', 'runners is not below machines'],
    ['of a runner by a service', 'services/a/a.ts', '../../runners/a.ts', 'runners is not below services'],
    ['of a tool by a runner', 'runners/a.ts', '../tools/index.ts', 'tools is not below runners'],
    ['of app by a runner', 'runners/a.ts', '../app/open.ts', 'app is not below runners'],
    ['of the front by a runner', 'runners/a.ts', '../front/front.ts', 'front is not below runners'],
    ['of a machine by a tool', 'tools/a.ts', '../machines/b.machine.ts', 'machines is not below tools'],
    ['of a schema by a machine', 'machines/a.machine.ts', '../domain/b.schema.ts', 'machines import no schemas'],
    ['of values of a service by a tool', 'tools/a.ts', '../services/b/b.ts', 'tools import only types of services'],
    ['of values of a runner by a tool', 'tools/a.ts', '../runners/b.ts', 'tools import only types of runners'],
    [
      'of values of a service by its sibling',
      'services/a/a.ts',
      '../b/b.ts',
      'services import only types of each other',
    ],
    ['of a service by a hook', 'hooks/a.ts', '../services/audit/audit.ts', 'of services, hooks import platform only'],
    ['of a hook by app', 'app/a.ts', '../hooks/run-hook.ts', 'hooks is not below app'],
    ['of main.ts', 'cli/a.ts', '../main.ts', 'main.ts belongs to no layer'],
    [
      'of a service by the inspector',
      '../inspector/server/a.ts',
      '../../src/services/state/audit/audit.ts',
      'services is not below ../inspector/server',
    ],
    [
      'of a runner by the inspector',
      '../inspector/model/a.ts',
      '../../src/runners/a.ts',
      'runners is not below ../inspector/model',
    ],
    [
      "of the inspector's page by its server",
      '../inspector/server/a.ts',
      '../page/page.tsx',
      '../inspector/page is not below ../inspector/server',
    ],
    [
      "of values of the inspector's model by its server",
      '../inspector/server/a.ts',
      '../model/a.ts',
      '../inspector/server import only types of ../inspector/model',
    ],
    [
      "of the inspector's page by its model",
      '../inspector/model/a.ts',
      '../page/page.tsx',
      '../inspector/page is not below ../inspector/model',
    ],
    [
      'of the inspector by app',
      'app/open.ts',
      '../../inspector/server/serve-inspector.ts',
      '../inspector/server is not below app',
    ],
    ['by a file outside the layers', 'odd.ts', './domain/a.ts', 'odd.ts belongs to no layer'],
  ])('an import %s: %s imports %s', (_, path, specifier, objection) => {
    const bad = sourceFile(path, `import { x } from '${specifier}';`);
    expect(findImportsOutOfOrder([bad])).toEqual([`${path} imports ${bad.imports[0]?.file}: ${objection}`]);
  });

  it('an import of values of a runner by another, and none of what all runners share', () => {
    const files = [
      sourceFile(
        'runners/a.ts',
        `import { aMachine } from '../machines/a.machine.ts'; import { run } from './run.ts';`,
      ),
      sourceFile('runners/b.ts', `import { b } from '../machines/b.machine.ts'; import type { A } from './a.ts';`),
      sourceFile('runners/run.ts', `import type { A } from '../machines/a.machine.ts'; import { x } from './x.ts';`),
      sourceFile('runners/c.ts', `import { runA } from './a.ts';`),
    ];
    expect(findImportsOutOfOrder(files)).toEqual([
      'runners/c.ts imports runners/a.ts: runners import only types of each other',
    ]);
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
    `import x = require('../services/x/x.ts');`,
    `const y = /['"\`]/; import { x } from '../services/x/x.ts';`,
    `const y = \`\${/* \` */ await import("../services/x/x.ts")}\`;`,
    `const y = 1 / 2; /* it's */ import { x } from '../services/x/x.ts'; const z = 3 / 4;`,
  ])('an import in every form: %s', (source) => {
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
  ])('no import in text that only looks like one: %s', (source) => {
    expect(sourceFile('domain/a.ts', source).imports).toEqual([]);
  });

  it('no import from a layer below', () => {
    const good = [
      sourceFile('app/command-line.ts', `import { x } from '../cli/program.ts';`),
      sourceFile('services/a/a.ts', `import type { B } from '../b/b.ts'; import { f } from '../platform/files.ts';`),
      sourceFile('services/a/b.ts', `import { parseYaml } from '../yaml/parse-yaml.ts';`),
      sourceFile('tools/a/a.ts', `import type { B } from '../../services/b/b.ts'; import { z } from '../z.ts';`),
      sourceFile('tools/a/b.ts', `import type { B } from '../../runners/b.ts';`),
      sourceFile('runners/a.ts', `import { f } from '../services/b/b.ts'; import { x } from '../domain/x.ts';`),
      sourceFile('app/services.ts', `import { createA } from '../runners/a.ts';`),
      sourceFile('main.ts', `import { open } from './app/open.ts'; void import('./app/command-line.ts');`),
      sourceFile('app/inspector.ts', `import { serveInspector } from '../../inspector/server/serve-inspector.ts';`),
      sourceFile(
        '../inspector/page/a.tsx',
        `import { x } from '../model/x.ts'; import { y } from '../../src/drawing/y.ts';`,
      ),
    ];
    expect(findImportsOutOfOrder(good)).toEqual([]);
  });

  it('an import cycle, also one of type imports', () => {
    const cycle = [
      sourceFile('domain/a.ts', `import type { B } from './b.ts';`),
      sourceFile('domain/b.ts', `import { c } from './c.ts';`),
      sourceFile('domain/c.ts', `export type { A } from './a.ts';`),
      sourceFile('domain/d.ts', `import { a } from './a.ts';`),
    ];
    expect(findCycles(cycle)).toEqual(['domain/a.ts → domain/b.ts → domain/c.ts → domain/a.ts']);
    expect(findCycles(cycle.slice(1))).toEqual([]);
  });

  it.each([
    ['domain/a.ts', 'xstate'],
    ['drawing/a.ts', 'xstate'],
    ['tools/a.ts', 'xstate'],
    ['services/a/a.ts', 'xstate'],
    ['app/folder/a.ts', 'xstate'],
    ['runners/a.ts', 'zod'],
    ['runners/a.ts', 'execa'],
    ['runners/a.ts', 'node:child_process'],
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
  ])('a package in a place that does not own it: %s imports %s', (path, specifier) => {
    expect(findForeignPackages([sourceFile(path, `import type { x } from '${specifier}';`)])).toHaveLength(1);
  });

  it('no package in a place that owns it, and no other module of Node', () => {
    const good = [
      ...['machines/a.machine.ts', 'runners/a.ts', 'app/open.ts', '../inspector/model/read-chart.ts'].map((path) =>
        sourceFile(path, `import { createActor } from 'xstate';`),
      ),
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

  it('a timer that may fire early', () => {
    const timers = 'setTimeout(f, 1); const clock = { setInterval }; AbortSignal.timeout(1);';
    expect(findForeignGlobals([sourceFile('app/a.ts', timers)])).toEqual([
      'app/a.ts uses setTimeout',
      'app/a.ts uses setInterval',
      'app/a.ts uses AbortSignal.timeout',
    ]);
    const wait = "import { setTimeout as wait } from 'node:timers/promises';";
    expect(findForeignPackages([sourceFile('app/a.ts', wait)])).toEqual(['app/a.ts imports node:timers']);
    const good = 'clock.setInterval(f, 1); setImmediate(f); clearTimeout(timer); AbortSignal.any([]); a.timeout;';
    expect(findForeignGlobals([sourceFile('app/a.ts', good)])).toEqual([]);
  });

  it('a file name that is not kebab-case, and one that does not name what it contains', () => {
    const paths = [
      'domain/appError.ts',
      'Domain/a.ts',
      'services/utils/a.ts',
      'domain/helpers.ts',
      'domain/a.schema.ts',
    ];
    expect(findBadNames(paths.map((path) => sourceFile(path, '')))).toEqual([
      'domain/appError.ts is not kebab-case',
      'Domain/a.ts is not kebab-case',
      'services/utils/a.ts: utils names nothing',
      'domain/helpers.ts: helpers names nothing',
    ]);
  });

  it('an exported value that no other file uses', () => {
    const user = sourceFile('domain/b.ts', "import { used, awaited } from './a.ts';");
    const maker = sourceFile(
      'domain/a.ts',
      'export const used = 1; export async function awaited() {} export function* unused() {} export interface Type {}',
    );
    expect(findUnusedExports([maker], [user])).toEqual(['domain/a.ts exports unused, which no other file uses']);
  });

  it('JSON that is written without encodeJson', () => {
    const source = sourceFile('app/a.ts', 'export const text = (value: object) => JSON.stringify(value);');
    expect(findForeignJson([source])).toEqual(['app/a.ts uses JSON.stringify in place of encodeJson']);
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
