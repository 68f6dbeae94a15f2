import { describe, expect, it } from 'vitest';
import { createSummarySearch } from '../../src/domain/test-summary.ts';

function summaryIn(output: string) {
  const search = createSummarySearch();
  for (const line of output.split('\n')) search.read(line);
  return search.summary;
}

/** What each runner prints at the end, as it prints it. */
const passing: readonly (readonly [runner: string, output: string])[] = [
  ['pytest', '\n============== 12 passed, 1 skipped, 2 warnings in 75.22s (0:01:15) ==============='],
  ['pytest with expected failures', '=== 2 passed, 3 xfailed, 1 xpassed in 0.50s ==='],
  ['pytest -q', '...                                            [100%]\n3 passed in 0.01s'],
  [
    'unittest',
    '----------------------------------------------------------------------\nRan 3 tests in 0.001s\n\nOK (skipped=1)',
  ],
  ['vitest', '\n Test Files  2 passed (2)\n      Tests  9 passed | 1 skipped (10)\n   Start at  03:24:09'],
  [
    'vitest with expected failures',
    ' Test Files  1 passed (1)\n      Tests  1 expected fail | 2 passed (3)\nType Errors  no errors',
  ],
  ['vitest without tests, if that may be', 'No test files found, exiting with code 0'],
  [
    'jest',
    'Test Suites: 1 passed, 1 total\nTests:       1 skipped, 3 passed, 4 total\nSnapshots:   0 total\nTime:        1.563 s',
  ],
  ['mocha', '  s\n    ✔ ok\n    - skp\n\n\n  1 passing (5ms)\n  1 pending\n'],
  ['Cypress', '    ✔  All specs passed!                        00:02        2        2        -        -        -'],
  ['node:test', '1..4\n# tests 5\n# suites 0\n# pass 4\n# fail 0\n# cancelled 0\n# skipped 1\n# todo 0'],
  ['node:test with its spec reporter', 'ℹ tests 5\nℹ suites 0\nℹ pass 4\nℹ fail 0\nℹ cancelled 0'],
  [
    'TAP',
    'TAP version 13\n# Subtest: a\n    ok 1 - inner\n    1..1\nok 1 - a\nok 2 - b # SKIP\nnot ok 3 - c # TODO later\n1..3',
  ],
  ['tape', '1..2\n# tests 2\n# pass  2\n\n# ok'],
  ['node-tap', 'Suites:   1 passed, 1 of 1 completed\nAsserts:  3 passed, of 3'],
  ['prove', 't/a.t .. ok\nAll tests successful.\nFiles=1, Tests=3,  0 wallclock secs\nResult: PASS'],
  [
    'cargo',
    'test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.28s\n\n   Doc-tests ru',
  ],
  ['cargo-nextest', '     Summary [   0.012s] 3 tests run: 3 passed, 1 skipped'],
  [
    'go',
    'ok  \texample.com/shop\t0.003s\nok  \texample.com/cart\t(cached)\tcoverage: 81.2% of statements\n?   \texample.com/cmd\t[no test files]',
  ],
  ['go -json', '{"Time":"2026-01-02T03:04:05.6Z","Action":"pass","Package":"example.com/shop","Elapsed":0.003}'],
  ['gotestsum', 'DONE 3 tests, 1 skipped in 0.512s'],
  ['bun', ' 3 pass\n 1 skip\n 0 fail\n 4 expect() calls\nRan 4 tests across 1 file. [18.00ms]'],
  ['Playwright', '  1 flaky\n    a.spec.js:1:67 › sometimes ─────\n  1 skipped\n  12 passed (2.7s)'],
  [
    'dotnet',
    'Passed!  - Failed:     0, Passed:     3, Skipped:     0, Total:     3, Duration: 12 ms - Shop.Tests.dll (net8.0)',
  ],
  ['dotnet, verbose', 'Test Run Successful.\nTotal tests: 3\n     Passed: 3\n Total time: 1.1 Seconds'],
  [
    'dotnet, terminal logger',
    'Test summary: total: 3, failed: 0, succeeded: 3, skipped: 0, duration: 1.2s\nBuild succeeded in 3.4s',
  ],
  [
    'Microsoft.Testing.Platform',
    'Test run summary: Passed! - bin/Debug/net8.0/Shop.Tests.dll (net8.0|x64)\n  total: 3\n  failed: 0',
  ],
  ['Maven', '[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 1\n[INFO] \n[INFO] BUILD SUCCESS'],
  [
    'Maven, with a test that passes at its second attempt',
    '[ERROR] Tests run: 2, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.1 s <<< FAILURE! -- in ShopTest\n[WARNING] Tests run: 1, Failures: 0, Errors: 0, Skipped: 0, Flakes: 1\n[INFO] BUILD SUCCESS',
  ],
  ['Gradle', '> Task :test\n\nBUILD SUCCESSFUL in 3s\n3 actionable tasks: 3 executed'],
  ['JUnit', 'Time: 0.005\n\nOK (3 tests)'],
  ['RSpec', 'Finished in 0.00123 seconds (files took 0.05 seconds to load)\n3 examples, 0 failures, 1 pending'],
  ['minitest', '3 runs, 4 assertions, 0 failures, 0 errors, 1 skips'],
  ['PHPUnit', 'OK (3 tests, 4 assertions)'],
  ['PHPUnit with skipped tests', 'OK, but some tests were skipped!\nTests: 3, Assertions: 4, Skipped: 1.'],
  ['Pest', '  Tests:    2 passed (3 assertions)\n  Duration: 0.06s'],
  ['CTest', '100% tests passed, 0 tests failed out of 1\n\nTotal Test time (real) =   0.02 sec'],
  ['Meson', 'Ok:                 3   \nExpected Fail:      0   \nFail:               0   \nTimeout:            0   '],
  ['GoogleTest', '[==========] 3 tests from 1 test suite ran. (0 ms total)\n[  PASSED  ] 3 tests.'],
  ['Catch2', 'All tests passed (4 assertions in 3 test cases)'],
  ['Catch2 with an expected failure', 'test cases: 2 | 1 passed | 1 failed as expected'],
  ['Deno', 'ok | 3 passed (2 steps) | 0 failed | 1 ignored (12ms)'],
  ['AVA', '\n  3 tests passed\n  1 test skipped\n'],
  ['ExUnit', 'Finished in 0.03 seconds\n1 doctest, 3 tests, 0 failures'],
  ['Jasmine', '2 specs, 0 failures\nFinished in 0.008 seconds'],
  ['Karma', 'Chrome Headless 120.0.0.0 (Linux x86_64): Executed 3 of 3 SUCCESS (0.012 secs / 0.004 secs)'],
  ['XCTest', '\t Executed 3 tests, with 0 failures (0 unexpected) in 0.003 (0.004) seconds'],
  [
    'Swift Testing',
    '\t Executed 0 tests, with 0 failures (0 unexpected) in 0.000 (0.000) seconds\n✔ Test run with 3 tests in 1 suite passed after 0.001 seconds.',
  ],
  ['behave', '1 feature passed, 0 failed, 0 skipped\n3 scenarios passed, 0 failed, 1 skipped'],
  ['WebdriverIO', 'Spec Files:\t 2 passed, 2 total (100% completed) in 00:00:05'],
  ['Cucumber', '3 scenarios (3 passed)\n9 steps (9 passed)'],
  ['tox', '  py311: OK (1.23=setup[0.10]+cmd[1.13] seconds)\n  congratulations :) (1.30 seconds)'],
];

const failing: readonly (readonly [runner: string, output: string])[] = [
  [
    'pytest',
    'FAILED test_a.py::T::test_bad - AssertionError: 1 != 2\n==================== 1 failed, 1 passed, 1 skipped in 0.89s ====================',
  ],
  [
    'pytest with errors',
    '!!!!!!! Interrupted: 1 error during collection !!!!!!!\n=============================== 1 error in 0.52s ===============================',
  ],
  ['pytest -q', '4 failed, 3 passed in 1.20s'],
  ['an old pytest', '=== 1 failed, 3 passed in 0.12 seconds ==='],
  ['pytest without tests', '============================ no tests ran in 0.68s ============================='],
  ['pytest without selected tests', '============================ 3 deselected in 0.72s ============================='],
  ['pytest that fails itself', 'INTERNALERROR> Traceback (most recent call last):'],
  ['pytest-cov', 'FAIL Required test coverage of 90% not reached. Total coverage: 80.00%\n3 passed in 0.10s'],
  [
    'pytest in colours',
    '\u001b[31m=== \u001b[1m1 failed\u001b[0m, \u001b[32m3 passed\u001b[0m\u001b[31m in 0.12s\u001b[0m ===',
  ],
  ['unittest', 'Ran 3 tests in 0.001s\n\nFAILED (failures=1, skipped=1)'],
  ['unittest with errors', 'Ran 1 test in 0.000s\n\nFAILED (errors=1)'],
  ['trial', 'Ran 3 tests in 0.021s\n\nFAILED (skips=1, failures=1, successes=1)'],
  ['unittest without tests', 'Ran 0 tests in 0.000s\n\nNO TESTS RAN'],
  ['vitest', ' Test Files  1 failed | 2 passed (3)\n      Tests  2 failed | 5 passed | 1 skipped (8)'],
  ['vitest, if a file cannot be loaded', ' Test Files  1 failed | 2 passed (3)\n      Tests  9 passed (9)'],
  ['vitest, if no file can be loaded', ' Test Files  1 failed (1)\n      Tests  no tests'],
  ['vitest with an unhandled error', ' Test Files  1 passed (1)\n      Tests  9 passed (9)\n     Errors  1 error'],
  ['vitest without tests', '\u001b[31mNo test files found, exiting with code 1\n\u001b[39m'],
  [
    'vitest in colours',
    '\u001b[2m Test Files \u001b[22m \u001b[1m\u001b[31m1 failed\u001b[39m\u001b[22m\u001b[2m | \u001b[22m\u001b[1m\u001b[32m1 passed\u001b[39m\u001b[22m\u001b[90m (2)\u001b[39m',
  ],
  [
    'vitest with too little coverage',
    '      Tests  9 passed (9)\nERROR: Coverage for lines (80%) does not meet global threshold (90%)',
  ],
  ['jest', 'Test Suites: 1 failed, 1 total\nTests:       1 failed, 1 skipped, 1 passed, 3 total\nSnapshots:   0 total'],
  ['jest, if a file cannot be loaded', 'Test Suites: 1 failed, 1 total\nTests:       0 total\nSnapshots:   0 total'],
  ['jest that stops at a file that cannot be loaded', 'Test Suites: 1 failed, 1 of 3 total\nTests:       0 total'],
  ['jest with a snapshot that differs', 'Test Suites: 1 passed, 1 total\nSnapshots:   1 failed, 2 passed, 3 total'],
  ['jest without tests', 'No tests found, exiting with code 1\nRun with `--passWithNoTests` to exit with code 0'],
  [
    'jest with too little coverage',
    'Jest: "global" coverage threshold for statements (90%) not met: 80%\nTests:       3 passed, 3 total',
  ],
  ['mocha', '  1 passing (5ms)\n  1 pending\n  1 failing\n\n  1) s\n       bad:'],
  ['mocha without tests', 'Error: No test files found: "mo/none.js"'],
  ['Cypress', '    ✖  1 of 2 failed (50%)                      00:04        3        2        1        -        -'],
  ['node:test', 'ok 1 - a\n1..1\n# tests 4\n# pass 3\n# fail 1\n# cancelled 0'],
  ['node:test that was cancelled', 'ℹ pass 3\nℹ fail 0\nℹ cancelled 1'],
  ['node:test with its spec reporter', '\u001b[34mℹ pass 3\u001b[39m\n\u001b[34mℹ fail 1\u001b[39m\n✖ failing tests:'],
  ['TAP', 'ok 1 - a\nnot ok 2 - b\n  ---\n  ...\n1..2'],
  ['TAP without descriptions', '1..2\nok 1\nnot ok 2'],
  ['TAP that stops', '1..3\nok 1 - a\nBail out! No database'],
  ['TAP of a program that ended', '1..3\nok 1 - a\nok 2 - b'],
  ['tape', '1..2\n# tests 2\n# pass  1\n# fail  1'],
  ['node-tap', 'Suites:   1 failed, 1 of 1 completed\nAsserts:  1 failed, 2 passed, of 3'],
  ['prove', 'Failed 1/1 test programs. 1/3 subtests failed.\nFiles=1, Tests=3\nResult: FAIL'],
  [
    'cargo',
    'test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.28s\n\nerror: test failed, to rerun pass `--lib`',
  ],
  [
    'cargo, if a crate does not compile',
    'test result: ok. 1 passed; 0 failed; 0 ignored\nerror: could not compile `ru` (lib test) due to 1 previous error',
  ],
  [
    'cargo, if a test process dies',
    "test result: ok. 1 passed; 0 failed; 0 ignored\nerror: test failed, to rerun pass `--test it`\n\nCaused by:\n  process didn't exit successfully",
  ],
  ['cargo-nextest without tests', '     Summary [   0.000s] 0 tests run: 0 passed\nerror: no tests to run'],
  ['cargo-nextest', '     Summary [   0.003s] 3 tests run: 2 passed, 1 failed, 0 skipped\nerror: test run failed'],
  [
    'go',
    '--- FAIL: TestPrice (0.00s)\n    price_test.go:9: got 1, want 2\nFAIL\nFAIL\texample.com/shop\t0.004s\nok  \texample.com/cart\t0.002s\nFAIL',
  ],
  [
    'go, if a package does not build',
    '# example.com/shop\n./price.go:3:2: undefined: x\nFAIL\texample.com/shop [build failed]\nok  \texample.com/cart\t0.002s',
  ],
  [
    'go, if a test panics',
    'panic: runtime error: index out of range [3] with length 3\n\ngoroutine 6 [running]:\nexit status 2\nFAIL\texample.com/shop\t0.005s',
  ],
  [
    'go -json',
    '{"Time":"2026-01-02T03:04:05.6Z","Action":"fail","Package":"example.com/shop","Test":"TestPrice","Elapsed":0}\n{"Time":"2026-01-02T03:04:05.7Z","Action":"pass","Package":"example.com/cart"}',
  ],
  ['gotestsum', 'DONE 3 tests, 1 failure in 0.512s'],
  ['bun', ' 1 pass\n 1 skip\n 1 fail\n 1 expect() calls\nRan 3 tests across 1 file. [18.00ms]'],
  ['bun, if a file cannot be loaded', ' 0 pass\n 1 fail\n 1 error\nRan 1 test across 1 file. [9.00ms]'],
  ['bun without tests', 'The following filters did not match any test files:\n zzz'],
  ['Playwright', '  1 failed\n    a.spec.js:1:67 › bad ──────\n  1 skipped\n  1 passed (2.7s)'],
  [
    'Playwright without tests',
    'Error: No tests found.\nMake sure that arguments are regular expressions matching test files.',
  ],
  [
    'Playwright with an error outside of the tests',
    '  2 passed (1.1s)\n  1 error was not a part of any test, see above for details',
  ],
  [
    'dotnet',
    'Failed!  - Failed:     1, Passed:     2, Skipped:     0, Total:     3, Duration: 20 ms - Shop.Tests.dll (net8.0)\nPassed!  - Failed:     0, Passed:     3, Skipped:     0, Total:     3, Duration: 12 ms - Cart.Tests.dll (net8.0)',
  ],
  ['dotnet that is aborted', 'Test Run Aborted with error System.Exception: One or more errors occurred.'],
  ['dotnet, verbose', 'Test Run Failed.\nTotal tests: 3\n     Passed: 2\n     Failed: 1'],
  [
    'dotnet, terminal logger',
    'Test summary: total: 3, failed: 1, succeeded: 2, skipped: 0, duration: 1.2s\nBuild failed with 1 error(s) in 3.4s',
  ],
  ['dotnet, if the project does not build', 'Build FAILED.\n    0 Warning(s)\n    1 Error(s)'],
  ['Microsoft.Testing.Platform', 'Test run summary: Failed! - bin/Debug/net8.0/Shop.Tests.dll (net8.0|x64)'],
  ['Microsoft.Testing.Platform without tests', 'Test run summary: Zero tests ran'],
  [
    'Maven',
    '[ERROR] Tests run: 3, Failures: 1, Errors: 0, Skipped: 0\n[INFO] Tests run: 5, Failures: 0, Errors: 0, Skipped: 0\n[INFO] BUILD SUCCESS',
  ],
  ['Maven with errors', '[ERROR] Tests run: 3, Failures: 0, Errors: 2, Skipped: 0'],
  ['Maven, if it does not compile', '[INFO] Tests run: 5, Failures: 0, Errors: 0, Skipped: 0\n[INFO] BUILD FAILURE'],
  [
    'Gradle',
    'ShopTest > price() FAILED\n\n3 tests completed, 1 failed\n\nFAILURE: Build failed with an exception.\n\nBUILD FAILED in 2s',
  ],
  [
    'Gradle that ignores failures',
    'There were failing tests. See the report at: file:///shop/build/reports/index.html\n\nBUILD SUCCESSFUL in 2s',
  ],
  ['JUnit', 'FAILURES!!!\nTests run: 3,  Failures: 1'],
  [
    'the console of JUnit, if a class cannot be set up',
    '[         1 containers failed      ]\n[         0 tests successful      ]\n[         0 tests failed          ]',
  ],
  ['RSpec', '3 examples, 1 failure, 1 pending'],
  ['RSpec, if a file cannot be loaded', '0 examples, 0 failures, 1 error occurred outside of examples'],
  ['minitest', '3 runs, 4 assertions, 0 failures, 1 errors, 0 skips'],
  ['PHPUnit', 'FAILURES!\nTests: 3, Assertions: 4, Failures: 1.'],
  ['PHPUnit with errors', 'ERRORS!\nTests: 3, Assertions: 2, Errors: 1, Skipped: 1.'],
  ['Pest', '  Tests:    1 failed, 2 passed (3 assertions)'],
  [
    'CTest',
    '50% tests passed, 1 tests failed out of 2\n\nThe following tests FAILED:\n\t  2 - b (Failed)\nErrors while running CTest',
  ],
  [
    'Meson with a test that should fail',
    'Ok:                 2   \nUnexpected Pass:    1   \nFail:               0   ',
  ],
  ['Meson', 'Ok:                 2   \nFail:               1   '],
  [
    'GoogleTest',
    '[  PASSED  ] 2 tests.\n[  FAILED  ] 1 test, listed below:\n[  FAILED  ] Shop.Price\n\n 1 FAILED TEST',
  ],
  ['Catch2', 'test cases: 2 | 1 passed | 1 failed'],
  [
    'Deno',
    '\u001b[0m\u001b[31mFAILED\u001b[0m | 1 passed | 1 failed \u001b[0m\u001b[38;5;245m(71ms)\u001b[0m\n\n\u001b[0m\u001b[1m\u001b[31merror\u001b[0m: Test failed',
  ],
  ['AVA', '  1 test failed\n  1 test skipped'],
  ['AVA with an uncaught exception', '  1 test passed\n  1 uncaught exception'],
  ['AVA with a test that hangs', '  1 test passed\n  1 test remained pending after a timeout'],
  ['AVA, if a test file exits', '  ✘ shop.test.js exited with a non-zero exit code: 3\n\n  1 test passed'],
  ['AVA without tests', '\n  ✘ Couldn’t find any files to test\n'],
  ['ExUnit', '3 tests, 1 failure'],
  ['ExUnit, if tests cannot be set up', '3 tests, 0 failures, 3 invalid'],
  ['Jasmine', '2 specs, 1 failure'],
  ['Jasmine without tests', '0 specs, 0 failures\nIncomplete: No specs found'],
  ['Karma', 'Chrome Headless 120.0.0.0 (Linux x86_64): Executed 3 of 3 (1 FAILED) (0.012 secs / 0.004 secs)'],
  ['XCTest', '\t Executed 3 tests, with 1 failure (0 unexpected) in 0.003 (0.004) seconds'],
  [
    'Swift Testing',
    '\t Executed 0 tests, with 0 failures (0 unexpected) in 0.000 (0.000) seconds\n✘ Test run with 3 tests failed after 0.001 seconds with 1 issue.',
  ],
  ['behave', '0 features passed, 1 failed, 0 skipped\n2 scenarios passed, 1 failed, 0 skipped'],
  ['WebdriverIO', 'Spec Files:\t 1 passed, 1 failed, 2 total (100% completed) in 00:00:05'],
  ['Cucumber', '3 scenarios (1 failed, 2 passed)'],
  ['tox', '  py311: FAIL code 1 (1.23 seconds)\n  evaluation failed :( (1.30 seconds)'],
  ['npm', 'npm error Lifecycle script `test` failed with error:\nnpm error code 1'],
  ['an old npm', 'npm ERR! Test failed.  See above for more details.'],
  ['pnpm', '\u2009ELIFECYCLE\u2009 Test failed. See above for more details.'],
  ['pnpm with workspaces', 'packages/shop test: Failed'],
  ['yarn', 'error Command failed with exit code 1.'],
  ['bun run', '$ exit 3\nerror: script "test" exited with code 3'],
  ['Turborepo', ' Tasks:    1 successful, 2 total\nFailed:    shop#test\n\n ERROR  run failed: command  exited (1)'],
  ['Nx', ' NX   Running target test for 2 projects failed'],
  ['Lerna', "lerna ERR! npm run test exited 1 in 'shop'"],
  ['make', 'make[1]: *** [Makefile:2: test] Error 1'],
  ['just', 'error: Recipe `test` failed on line 2 with exit code 1'],
  ['task', 'task: Failed to run task "test": exit status 1'],
];

describe('The end of a test run', () => {
  it.each(passing)('of %s is read as passed', (_, output) => {
    expect(summaryIn(`collecting\n${output}\nbye\n`)).toEqual({ line: expect.any(String), hasFailed: false });
  });

  it.each(failing)('of %s is read as failed', (_, output) => {
    expect(summaryIn(`collecting\n${output}\nbye\n`)).toEqual({ line: expect.any(String), hasFailed: true });
  });

  it.each([
    ['lines that end with CR LF', (line: string) => `${line}\r`],
    ['a progress line before it that it overwrites', (line: string) => `[1/9] running\r${line}`],
    ['colours', (line: string) => `\u001b[1m\u001b[31m${line}\u001b[0m\u001b[K`],
    ['the prefix of Turborepo', (line: string) => `@acme/shop:test: ${line}`],
    ['the prefix of Lerna', (line: string) => `@acme/shop: ${line}`],
    ['the prefix of pnpm', (line: string) => `packages/shop test: ${line}`],
    ['the prefix of yarn', (line: string) => `[@acme/shop]: ${line}`],
    ['the prefix of concurrently', (line: string) => `[0] ${line}`],
    ['the prefix of Docker Compose', (line: string) => `shop-1  | ${line}`],
  ])('is read with %s', (_, change) => {
    for (const [outputs, hasFailed] of [
      [passing, false],
      [failing, true],
    ] as const) {
      // A prefix of its own hides these.
      for (const [runner, output] of outputs.filter(([runner]) => !/^(?:Maven|pnpm with)/.test(runner)))
        expect({ runner, ...summaryIn(output.split('\n').map(change).join('\n')) }).toMatchObject({
          runner,
          hasFailed,
        });
    }
  });

  it.each([
    '',
    'no tests here',
    '1 failed attempt to connect, trying again',
    'FAILED tests/test_shop.py::test_price - assert 1 == 2',
    'Tests are fun',
    'it took 3 tries in 5s',
    '3 failed logins in the last hour',
    '1 error in 1 source file',
    'Health check: Failed',
    'Ok: 3',
    'DONE 2 runs, 6 tests, 1 failure in 0.61s',
    'stdout | shop.test.ts > price > 2 failing',
    '    Tests:  1 failed, 2 total',
    '    not ok 1 - inner',
    'ok then',
    'ok 1 - a test without a plan',
    '1..3',
    'PASS',
    'OK',
    'FAIL src/shop.test.js',
    'Failed: 1',
    'error: no price',
    'fail 1',
    'we made 3 errors',
    '1 error',
    '2 failing',
    'panic: the price is wrong',
    'Error 1',
    `${'x'.repeat(2_000)} 1 failed in 0.1s`,
  ])('is not seen in %j', (text) => {
    expect(summaryIn(text)).toBeNull();
  });

  it('has failed if one package has failed, whatever passes after it', () => {
    const crate = (result: string) =>
      `test result: ${result}; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n`;
    const red = crate('FAILED. 2 passed; 1 failed');
    expect(summaryIn(crate('ok. 3 passed; 0 failed') + red + crate('ok. 7 passed; 0 failed'))).toEqual({
      line: red.trim(),
      hasFailed: true,
    });
  });

  it('is shown by the summary of the runner, not by what the programs around it say of that', () => {
    const output = '=== 1 failed, 2 passed in 0.10s ===\nmake: *** [Makefile:2: test] Error 1\n';
    expect(summaryIn(output)?.line).toBe('=== 1 failed, 2 passed in 0.10s ===');
  });

  it('is found in a line of any kind without delay', () => {
    const search = createSummarySearch();
    const unit = ['[', '\u001b]', 'a:', '1 passed, ', '\u001b[', '1 a | ', '1, ', '-', ' '];
    for (const each of unit) search.read(each.repeat(900 / each.length));
    search.read(unit.join('').repeat(100_000));
    expect(search.summary).toBeNull();
  });
});
