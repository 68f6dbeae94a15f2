import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';

test('the demo meets all its expectations', { timeout: 120_000 }, async () => {
  const program = join(inject('programDir'), 'maitred.js');
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...['--import', 'tsx', 'demo/demo.mts'],
    ...['--program', program],
  ]);
  expect(stdout).toMatch(/All \d+ expectations held\./);
});
