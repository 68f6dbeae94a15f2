import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

/** What the noisy dependency prints, each line by the way that it took. */
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
];

describe('A dependency that prints on import', () => {
  let dir = '';
  let printed: { readonly stdout: string; readonly stderr: string } = { stdout: '', stderr: '' };

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'maitred-guard-'));
    const later = join(dir, 'later.cjs');
    await writeFile(later, `exports.printed = import('./by-name.mjs');\n`);
    await writeFile(
      join(dir, 'by-name.mjs'),
      `import { writeSync } from 'node:fs';\nwriteSync(1, 'writeSync imported by name\\n');\n`,
    );
    const args = [inject('guardedProgram'), inject('noisyDependency'), later];
    printed = await promisify(execFile)(process.execPath, args, { env: { PATH: process.env.PATH ?? '' } });
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it('never reaches the client: stdout holds only what the server itself wrote', () => {
    expect(printed.stdout).toBe('before\nwhile\nafter\n');
  });

  it.each(waysToPrint)('is heard on stderr when it prints with %s', (way) => {
    const lines = printed.stderr.split('\n');
    expect(lines.filter((line) => line === way || /│ '(.*)' │/.exec(line)?.[1] === way)).toHaveLength(1);
  });
});
