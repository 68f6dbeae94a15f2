import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { hookScripts } from '../../src/domain/hook-registry.ts';
import { readBuiltProgram } from '../support/read-built-program.ts';

const { metafile } = readBuiltProgram();
const outputOf = (script: string) => {
  const output = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint === `src/hooks/${script}.ts`);
  if (output === undefined) throw new Error(`no output is made from src/hooks/${script}.ts`);
  return output;
};

const maxBytes = 8 * 1_024;
const allowedBuiltins = ['node:fs', 'node:os', 'node:path'];

describe('the hook programs', () => {
  it('are one file for each script of the registry', () => {
    expect(readdirSync(join(inject('programDir'), 'hooks')).sort()).toEqual(
      hookScripts.map((name) => `${name}.js`).sort(),
    );
  });

  it.each(hookScripts)('%s needs no other file, loads only quick modules of Node, and is below 8 KiB', (script) => {
    const { inputs, imports, bytes } = outputOf(script);
    expect(Object.keys(inputs).filter((path) => !/^src\/(hooks|domain|services\/platform)\//.test(path))).toEqual([]);
    expect(imports.map(({ path }) => path).filter((path) => !allowedBuiltins.includes(path))).toEqual([]);
    expect(bytes).toBeLessThan(maxBytes);
  });

  it('use every file of src/hooks', () => {
    const needed = new Set(hookScripts.flatMap((script) => Object.keys(outputOf(script).inputs)));
    const files = readdirSync('src/hooks').map((name) => `src/hooks/${name}`);
    expect(files.filter((path) => !needed.has(path))).toEqual([]);
  });
});
