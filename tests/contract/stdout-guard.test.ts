import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

/** The ways in which the noisy dependency prints; each line is the name of its way. */
const waysToPrint = [
  'console.log',
  'console.info',
  'console.table',
  'a console of its own',
  'process.stdout.write',
  'process.stdout.write of bytes',
  'process.stdout.end',
  'process.stdout.write after its end',
  'fs.writeSync',
  'fs.writeSync of bytes',
  'fs.writevSync',
  'fs.writeFileSync',
  'fs.appendFileSync',
  'fs.write',
  'fs.write as a promise',
  'fs.writev',
  'fs.writeFile',
  'fs.appendFile',
  'fs.createWriteStream',
  'console.log of a worker',
  'process.stdout.write of a worker',
  'writeSync imported by name',
  'writeSync imported by name before',
];

describe('A dependency that prints on import', () => {
  let dir = '';
  let printed: { readonly stdout: string; readonly stderr: string } = { stdout: '', stderr: '' };

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'maitred-guard-'));
    const file = async (name: string, text: string) => {
      await writeFile(join(dir, name), text);
      return join(dir, name);
    };
    const printer = (way: string) =>
      `import { writeSync } from 'node:fs';\nexport const print = () => writeSync(1, '${way}\\n');\n`;
    await file('early.mjs', printer('writeSync imported by name before'));
    await file('late.mjs', printer('writeSync imported by name'));
    const early = await file('early.cjs', `exports.loaded = import('./early.mjs');\n`);
    const late = await file(
      'late.cjs',
      `exports.printed = Promise.all([import('./early.mjs'), import('./late.mjs')]).then(([one, two]) => {
        one.print();
        two.print();
      });\n`,
    );
    const args = [inject('guardedProgram'), early, inject('noisyDependency'), late];
    printed = await promisify(execFile)(process.execPath, args, { env: { PATH: process.env.PATH ?? '' } });
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it('does not reach the client: stdout has only what the server itself wrote', () => {
    expect(printed.stdout).toBe('before\nwhile\nafter\n');
  });

  it.each(waysToPrint)('prints to stderr with %s', (way) => {
    const lines = printed.stderr.split('\n');
    expect(lines.filter((line) => line === way || /│ '(.*)' │/.exec(line)?.[1] === way)).toHaveLength(1);
  });
});
