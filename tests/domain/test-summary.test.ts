import { describe, expect, it } from 'vitest';
import { readTestSummary } from '../../src/domain/test-summary.ts';

describe('The summary of a test run', () => {
  it.each([
    ['pytest', '===== 1 failed, 3 passed, 1 warning in 0.12s =====', 1],
    ['pytest with errors', '===== 2 failed, 1 passed, 3 errors in 75.22s (0:01:15) =====', 5],
    ['pytest with one error', '== 1 error in 0.52s ==', 1],
    ['pytest -q', '4 failed, 3 passed in 1.20s', 4],
    ['an old pytest', '=== 1 failed, 3 passed in 0.12 seconds ===', 1],
    [
      'pytest with colours',
      '\u001b[31m=== \u001b[1m1 failed\u001b[0m, \u001b[32m3 passed\u001b[0m\u001b[31m in 0.12s\u001b[0m ===',
      1,
    ],
    ['pytest, no failures', '======== 12 passed, 1 skipped in 0.50s ========', 0],
    ['pytest, with expected failures', '=== 2 passed, 3 xfailed, 1 xpassed in 0.50s ===', 0],
    ['vitest', '      Tests  2 failed | 5 passed (7)', 2],
    ['vitest, if a file cannot be loaded', ' Test Files  1 failed | 2 passed (3)\n      Tests  9 passed (9)', 1],
    ['vitest, no failures', ' Test Files  2 passed (2)\n      Tests  9 passed | 1 skipped (10)', 0],
    ['jest', 'Tests:       1 failed, 2 passed, 3 total', 1],
    ['jest, if a file cannot be loaded', 'Test Suites: 1 failed, 1 total\nTests:       0 total', 1],
    ['jest, no failures', 'Test Suites: 1 passed, 1 total\nTests:       3 passed, 3 total', 0],
    ['node:test', '# pass 3\n# fail 2\n# cancelled 0', 2],
    ['node:test with its spec reporter', 'ℹ pass 3\nℹ fail 0', 0],
  ])('of %s reports its failures', (_, text, failed) => {
    expect(readTestSummary(`collecting\n${text}\nbye\n`)?.failed).toBe(failed);
  });

  it.each([
    '',
    'no tests here',
    '1 failed attempt to connect, trying again',
    'FAILED tests/test_shop.py::test_price - assert 1 == 2',
    'Tests are fun',
    'it took 3 tries in 5s',
    '3 failed logins in the last hour',
  ])('is not found in %j', (text) => {
    expect(readTestSummary(text)).toBeNull();
  });

  it('is the last line of its format: summaries that the tests themselves print do not count', () => {
    const text = '=== 1 failed in 0.10s ===\n(from a test of a test)\n=== 7 passed in 2.00s ===\n';
    expect(readTestSummary(text)).toEqual({ line: '=== 7 passed in 2.00s ===', failed: 0 });
  });

  it('is the one with failures if there are several formats', () => {
    const text = '=== 1 failed, 2 passed in 0.10s ===\nTests:       3 passed, 3 total\n';
    expect(readTestSummary(text)).toEqual({ line: '=== 1 failed, 2 passed in 0.10s ===', failed: 1 });
  });
});
