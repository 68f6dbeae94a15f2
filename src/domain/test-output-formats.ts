/** A line with which a test runner ends, or with which it ends one package of several. */
interface SummaryFormat {
  readonly line: RegExp;
  /** Found in such a line if it reports a failure. */
  readonly failure?: RegExp;
}

/** Every expression begins at the start of a line and takes linear time. Colours and the prefix of a package are removed before. */
export const summaryFormats: readonly SummaryFormat[] = [
  // pytest; without a test that ran it exits with 5
  {
    line: /^(?:=+ )?(?:no tests ran|\d+ (?:failed|passed|skipped|deselected|xfailed|xpassed|warnings?|errors?|rerun|subtests passed|subtests failed))(?:, \d+ [a-z]+(?: [a-z]+)?)* in [\d.]+ ?s(?:econds)?\b/,
    failure:
      /no tests ran|\b[1-9]\d* (?:failed|errors?|subtests failed)\b|^(?!.*\d (?:passed|skipped|xfailed|xpassed|subtests passed)\b)/,
  },
  // unittest and trial
  { line: /^Ran \d+ tests? in [\d.]+s$/ },
  { line: /^FAILED \([a-zA-Z ]+=\d.*\)$/, failure: /^/ },
  { line: /^NO TESTS RAN(?: \(|$)/, failure: /^/ },
  // vitest
  {
    line: /^ {0,6}(?:Test Files|Tests) {2}(?:no tests$|(?:\d+ [a-z ]+ \| )*\d+ [a-z ]+ \(\d+\)$)/,
    failure: /\b[1-9]\d* failed\b/,
  },
  { line: /^ {0,6}(?:Errors|Type Errors) {2}[1-9]\d* (?:errors?|failed)\b/, failure: /^/ },
  { line: /^ {0,6}Snapshots {2}[1-9]\d* failed\b/, failure: /^/ },
  // jest and Pest
  { line: /^(?:Test Suites|Tests): +(?:\d+ [a-z]+, )*(?:\d+ of )?\d+ total$/, failure: /\b[1-9]\d* failed\b/ },
  { line: /^Snapshots: +[1-9]\d* failed, /, failure: /^/ },
  { line: /^ {2}Tests: +(?:\d+ [a-z]+, )*\d+ [a-z]+ \(\d+ assertions?\)$/, failure: /\b[1-9]\d* failed\b/ },
  // vitest and jest
  { line: /^No test(?: file)?s found, exiting with code \d/, failure: /[1-9]$/ },
  // mocha and Cypress
  { line: /^ {2}\d+ passing \(\d+(?:ms|s|m|h|d)\)$/ },
  { line: /^ {2}[1-9]\d* failing$/, failure: /^/ },
  { line: /^ *✔ +All specs passed!/ },
  { line: /^ *✖ +[1-9]\d* of \d+ failed \(/, failure: /^/ },
  // node:test and tape
  { line: /^[#ℹ] pass +\d+$/ },
  { line: /^[#ℹ] (?:fail|cancelled) +[1-9]\d*$/, failure: /^/ },
  // node-tap and prove
  { line: /^ *(?:Suites|Asserts): +\d+ (?:passed|failed)\b/, failure: /\b[1-9]\d* failed\b/ },
  { line: /^# \{ total: \d+, pass: \d+/, failure: /\bfail: [1-9]/ },
  { line: /^Result: (?:PASS|FAIL)$/, failure: /FAIL/ },
  // cargo, one a crate, and cargo-nextest
  { line: /^test result: (?:ok|FAILED)\. \d+ passed; /, failure: /^test result: FAILED|; [1-9]\d* failed;/ },
  {
    line: /^ *Summary \[ *[\d.]+s\] +\d+(?:\/\d+)? tests? run: /,
    failure: /\b[1-9]\d* (?:failed|timed out|exec failed)\b/,
  },
  // go, one a package, its JSON, and gotestsum, but not of repeated runs: that counts the failures of the first run
  { line: /^ok {2}\t\S+\t/ },
  { line: /^FAIL\t\S/, failure: /^/ },
  { line: /^--- FAIL: \S+ \(/, failure: /^/ },
  { line: /^\{(?:"Time":"[^"]*",)?"Action":"(?:pass|fail)",/, failure: /"Action":"fail"/ },
  { line: /^DONE \d+ tests?\b.* in [\d.]+s$/, failure: /\b[1-9]\d* (?:failures?|errors?)\b/ },
  // bun
  { line: /^Ran \d+ tests? across \d+ files?\./ },
  { line: /^ [1-9]\d* (?:fail|errors?)$/, failure: /^/ },
  // Playwright and TestCafe
  { line: /^ {1,2}\d+ passed \([\d.]+(?:ms|s|m|h)\)$/ },
  { line: /^ {2}[1-9]\d* (?:failed|interrupted|timed out|did not run)$/, failure: /^/ },
  { line: /^ {2}[1-9]\d* errors? (?:was|were) not a part of any test/, failure: /^/ },
  { line: /^ \d+\/\d+ failed \(/, failure: /^/ },
  // dotnet, one an assembly
  { line: /^ *(?:Passed|Failed|Skipped)! +- Failed: +\d+, Passed: /, failure: /^ *Failed!|- Failed: +[1-9]/ },
  { line: /^Test Run (?:Successful|Failed|Aborted)\b/, failure: /Failed|Aborted/ },
  { line: /^Test summary: total: \d+, failed: \d+/, failure: /\bfailed: [1-9]/ },
  { line: /^Test run summary: \w/, failure: /: (?!Passed!)/ },
  // Maven Surefire, one a module, and JUnit. The line of a class may be an attempt that is repeated.
  {
    line: /^(?:\[[A-Z]+\] +)?Tests run: +\d+, +Failures: +\d+(?!.*Time elapsed)/,
    failure: /\b(?:Failures|Errors): +[1-9]/,
  },
  { line: /^(?:\[[A-Z]+\] +)?BUILD SUCCESS$/ },
  { line: /^\[ +\d+ (?:tests|containers) (?:successful|failed) +\]$/, failure: /\b[1-9]\d* \w+ failed\b/ },
  // Gradle and Ant
  { line: /^BUILD SUCCESSFUL(?: in \S.*)?$/ },
  { line: /^\d+ tests? completed, \d+ failed\b/, failure: /\b[1-9]\d* failed\b/ },
  // RSpec, minitest, ExUnit, Jasmine, Bats, Robot Framework
  {
    line: /^\d+ (?:examples?|runs?|specs?|tests?|doctests?|property|properties), .*\b\d+ (?:failures?|failed)\b/,
    failure: /\b[1-9]\d* (?:failures?|errors?|failed|invalid)\b/,
  },
  // PHPUnit
  { line: /^OK \(\d+ tests?(?:, \d+ assertions?)?\)$/ },
  { line: /^Tests: \d+, Assertions: \d+.*\.$/, failure: /\b(?:Failures|Errors): [1-9]/ },
  // CTest, Meson, GoogleTest, Catch2
  { line: /^\d+% tests passed, \d+ tests? failed out of \d+$/, failure: /, [1-9]\d* tests? failed/ },
  { line: /^(?:Ok|Fail|Timeout|Unexpected Pass): {4,}\d+$/, failure: /^[FTU].*: +[1-9]/ },
  { line: /^\[ {2}(?:PASSED|FAILED) {2}\] \d+ tests?\b/, failure: /FAILED/ },
  { line: /^All tests passed \(\d+ assertions? in \d+ test cases?\)$/ },
  { line: /^test cases: +\d+ \| .*\b\d+ (?:passed|failed)\b/, failure: /\b[1-9]\d* failed\b(?! as expected)/ },
  // Deno
  { line: /^(?:ok|FAILED) \| \d+ passed\b.* \| \d+ failed\b/, failure: /^FAILED|\| [1-9]\d* failed\b/ },
  // AVA
  { line: /^ +\d+ tests? passed$/ },
  {
    line: /^ +[1-9]\d* (?:tests? failed|uncaught exceptions?|unhandled rejections?|hooks? failed|tests? remained pending after a timeout)$/,
    failure: /^/,
  },
  // Karma, WebdriverIO, XCTest and Swift Testing, Cucumber, behave, tox
  { line: /^(?:[^:]{1,80}: )?Executed \d+ of \d+ .*\([\d.]+ secs?\b/, failure: /\(\d+ FAILED\)|DISCONNECTED|ERROR/ },
  { line: /^Spec Files:\s+\d+ (?:passed|failed)\b/, failure: /\b[1-9]\d* failed\b/ },
  {
    line: /^\s*Executed \d+ tests?, with (?:\d+ tests? skipped and )?\d+ failures?\b/,
    failure: /\b[1-9]\d* failures?\b/,
  },
  { line: /^\S{1,2} +Test run with \d+ tests?\b.* (?:passed|failed) after /, failure: / failed after / },
  { line: /^\d+ scenarios? \((?:\d+ [a-z]+, )*\d+ [a-z]+\)$/, failure: /\b\d+ (?:failed|undefined|ambiguous)\b/ },
  { line: /^\d+ (?:features?|scenarios?) passed, \d+ failed\b/, failure: /\b[1-9]\d* (?:failed|error)\b/ },
  { line: /^ {2}(?:congratulations :\)|evaluation failed :\()/, failure: /evaluation/ },
];

/** Other lines of test runners, builds, and the programs that start them, that report a failure. */
export const failureSigns: readonly RegExp[] = [
  // TAP
  /^not ok\b(?: \d+| -)(?!.*# ?(?:TODO|todo|SKIP|skip)\b)/,
  /^Bail out!/,
  // What runners print besides a summary
  /^INTERNALERROR> /,
  /^Error: No tests? (?:files )?found\b/,
  /^ *[✖✘] (?:No tests found|Couldn[’']t find any |Timed out while running tests|Exiting due to |\d+ tests? remaining in |\S+ exited (?:due to|with a non-zero) )/,
  /^The following filters did not match any test files:/,
  /^error: (?:Test failed|No test modules found|Type checking failed|no tests to run)/,
  /^Incomplete: (?:fit|No specs)\b/,
  /^FAIL$/,
  /^(?:FAILURES|ERRORS)!{1,3}$/,
  /^Errors while running CTest$/,
  // Coverage below its limit: pytest-cov, vitest, nyc, c8, jest, node:test
  /^(?:ERROR: |FAIL )*Required test coverage of \S+ not reached/,
  /^ERROR: Coverage (?:failure: total of|for \w+ \([\d.]+%\) does not meet) /,
  /^Jest: .*coverage threshold .*not met/,
  /^[#ℹ] Error: [\d.]+% \w+ coverage does not meet threshold/,
  // Builds
  /^error: (?:could not compile `|test failed, to rerun pass|doctest failed, to rerun pass|test run failed|\d+ targets? failed:)/,
  /^(?:\[[A-Z]+\] +)?BUILD FAILURE$/,
  /^BUILD FAILED(?: in \S.*)?$/,
  /^(?:> )?There were failing tests\. See the /,
  /^Build FAILED\.$/,
  /^Build failed with \d+ error/,
  // npm, pnpm, yarn, bun, Turborepo, Nx, Lerna, make, just, task
  /^npm (?:ERR!|error) (?:Test failed|Lifecycle script|Missing script|code )/,
  /^\s*\[?(?:ELIFECYCLE|ERR_PNPM_[A-Z_]+)\b/,
  /^[\w@.-]+\/[\w@./-]+ [\w:.-]+: Failed$/,
  /^error Command failed with (?:exit code [1-9]|signal )/,
  /^error: script "[^"]*" (?:exited with code [1-9]|was terminated by signal)/,
  /^ *(?:Failed: +\S+#\S+|ERROR +run failed: )/,
  /^\s*NX\s+Running target .* failed$/,
  /^lerna ERR! /,
  /^g?make(?:\[\d+\])?: \*\*\* /,
  /^error: Recipe `[^`]+` (?:failed|was terminated)/,
  /^task: Failed to run task /,
];
