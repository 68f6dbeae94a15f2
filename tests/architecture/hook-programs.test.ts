import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { hookScripts } from '../../src/domain/hook-registry.ts';
import { readBuiltProgram } from '../support/read-built-program.ts';

const { metafile } = readBuiltProgram();
const outputOf = (script: string) => {
  const output = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint === `src/hooks/${script}.ts`);
  if (output === undefined) throw new Error(`nothing is made from src/hooks/${script}.ts`);
  return output;
};

const mostBytes = 8 * 1_024;
const quickToLoad = ['node:fs', 'node:os', 'node:path'];

describe('the scripts for a client', () => {
  it('are those of the registry, each a file of its own', () => {
    expect(readdirSync(join(inject('programDir'), 'hooks')).sort()).toEqual(
      hookScripts.map((name) => `${name}.js`).sort(),
    );
  });

  it.each(hookScripts)('%s is a program that stands alone, and is small', (script) => {
    const { inputs, imports, bytes } = outputOf(script);
    expect(Object.keys(inputs).filter((path) => !/^src\/(hooks|domain|services\/platform)\//.test(path))).toEqual([]);
    expect(imports.map(({ path }) => path).filter((path) => !quickToLoad.includes(path))).toEqual([]);
    expect(bytes).toBeLessThan(mostBytes);
  });

  it('have siblings only that one of them needs', () => {
    const needed = new Set(hookScripts.flatMap((script) => Object.keys(outputOf(script).inputs)));
    const files = readdirSync('src/hooks').map((name) => `src/hooks/${name}`);
    expect(files.filter((path) => !needed.has(path))).toEqual([]);
  });
});
