import { describe, expect, it } from 'vitest';
import { readBuiltProgram } from '../support/read-built-program.ts';

const { metafile } = readBuiltProgram();
const packagesIn = (chunk: string): Set<string> => {
  const output = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint === `src/app/${chunk}.ts`);
  if (output === undefined) throw new Error(`no output is made from src/app/${chunk}.ts`);
  return new Set(
    Object.keys(output.inputs).flatMap(
      (path) => /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [],
    ),
  );
};

describe('The chunks of the program', () => {
  it('run charts from one chunk, which loads nothing else: no zod, no yaml, no execa', () => {
    expect(packagesIn('work')).toEqual(new Set(['xstate']));
  });

  it('hold two copies of XState: one for the start, one for everything after it', () => {
    const chunks = ['open', 'settings', 'server', 'work', 'maintenance', 'github', 'inspector', 'command-line'];
    expect(chunks.filter((chunk) => packagesIn(chunk).has('xstate'))).toEqual(['open', 'work']);
  });
});
