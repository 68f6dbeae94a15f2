import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';
import { createExpectations } from '../../demo/expectations.mts';

test('the demo meets all its expectations', { timeout: 120_000 }, async () => {
  const program = join(inject('programDir'), 'maitred.js');
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...['--import', 'tsx', 'demo/demo.mts'],
    ...['--program', program],
  ]);
  // Their number too: one that is not reached does not fail.
  expect(stdout).toContain('All 29 expectations held.');
});

test('an expectation of the demo that does not hold is counted, and shown with what was seen', () => {
  const expectations = createExpectations();
  expectations.expect('this holds', true, 1);
  expectations.expect('this does not', false, [2]);
  expect(expectations.failed).toBe(1);
  expect(expectations.text((_, text) => text)).toBe(
    '✔ this holds\n✘ this does not (seen: [2])\n\n1 of 2 expectations did not hold, marked ✘.',
  );
});
