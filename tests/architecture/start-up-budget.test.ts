import { readFileSync } from 'node:fs';
import { build, type Plugin } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { programOptions } from '../../scripts/build.mts';
import { readBuiltProgram } from '../support/read-built-program.ts';
import { findOverspending } from './entry-budget.ts';

const { metafile } = readBuiltProgram();

/** What exceeds the budget when app/open.ts has one more line. */
async function overspendingWith(line: string): Promise<string[]> {
  const options = programOptions();
  const { metafile: changed } = await build({
    ...options,
    plugins: [...options.plugins, withLine(line)],
    entryPoints: ['src/main.ts', 'src/app/open.ts', 'src/app/wrap.ts'],
    outdir: 'nowhere',
    write: false,
    metafile: true,
  });
  return findOverspending(changed.outputs);
}

const withLine = (line: string): Plugin => ({
  name: 'with-line',
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/app\/open\.ts$/ }, ({ path }) => ({
      contents: `${readFileSync(path, 'utf8')}\n${line}\n`,
      loader: 'ts',
    }));
  },
});

describe('what is loaded before the transport is open', () => {
  it('is the front, the machines and the domain, and nothing else', () => {
    expect(findOverspending(metafile.outputs)).toEqual([]);
  });

  it('may get a line that loads nothing', async () => {
    expect(await overspendingWith('globalThis.queueMicrotask(() => undefined);')).toEqual([]);
  });

  it.each([
    ['a service', `export { createLogger } from '../services/logging/logger.ts';`, 'src/services/logging/logger.ts'],
    ['a tool', `export { tools } from '../tools/index.ts';`, 'src/tools/index.ts'],
    ['the SDK server', `export { serveTools } from '../server/serve-tools.ts';`, 'src/server/serve-tools.ts'],
    ['the command line', `export { runCli } from '../cli/program.ts';`, 'src/cli/program.ts'],
    ['a schema', `export * from '../domain/config.schema.ts';`, 'src/domain/config.schema.ts'],
    ['a late file', `export { openBackend } from './server.ts';`, 'src/app/server.ts'],
  ])('fails with %s in it, by name', async (_, line, path) => {
    expect(await overspendingWith(line)).toContain(`the entry contains ${path}`);
  });

  it('may not contain a package other than xstate', async () => {
    const overspending = await overspendingWith(`export { parse } from 'yaml';`);
    expect(overspending.join('\n')).toMatch(/the entry contains node_modules\/yaml\//);
  });

  it('may not import a module of Node that is slow to load', async () => {
    const line = `export { createHash } from 'node:crypto';`;
    expect(await overspendingWith(line)).toEqual(['the entry imports node:crypto']);
  });

  it('may not be larger than its limit', async () => {
    const line = `export const text = ${JSON.stringify('x'.repeat(100 * 1024))};`;
    expect((await overspendingWith(line)).join('\n')).toMatch(/^the entry has \d+ bytes, more than \d+$/);
  });
});
