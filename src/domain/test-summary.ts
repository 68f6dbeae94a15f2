/** The summary line of a test runner. */
export interface TestSummary {
  readonly line: string;
  /** Number of tests, files or suites that failed or could not run; 0 if the line reports none. */
  readonly failed: number;
}

interface SummaryFormat {
  readonly line: RegExp;
  /** Matches each number of failures in such a line. */
  readonly failures: RegExp;
}

/** pytest, vitest, jest and node:test. pytest counts expected failures as `xfailed`. */
const formats: readonly SummaryFormat[] = [
  {
    line: /^=* ?\d+ (failed|passed|skipped|errors?|deselected|xfailed|xpassed|warnings?)\b.* in [\d.]+ ?s/,
    failures: /\b(\d+) (failed|errors?)\b/g,
  },
  { line: /^ *Test (Files|Suites):? +\d+ (failed|skipped|passed|total)\b/, failures: /\b(\d+) failed\b/g },
  { line: /^ *Tests:? +\d+ (failed|skipped|passed|todo|total)\b/, failures: /\b(\d+) failed\b/g },
  { line: /^(#|ℹ) fail \d+$/, failures: /(\d+)$/g },
];

// biome-ignore lint/suspicious/noControlCharactersInRegex: a colour sequence begins with one
const colours = /\u001b\[[\d;]*m/g;

/**
 * Finds the summary in the output of a test run. Takes the last line of each format, and of these the one with failures. Returns null if no
 * line has a known format.
 */
export function readTestSummary(output: string): TestSummary | null {
  const lines = output.replace(colours, '').split(/\r?\n/);
  const summaries = formats.flatMap((format) => {
    const line = lines.findLast((text) => format.line.test(text));
    return line === undefined ? [] : [{ line: line.trim(), failed: failuresIn(line, format) }];
  });
  return summaries.find(({ failed }) => failed > 0) ?? summaries.at(-1) ?? null;
}

const failuresIn = (line: string, { failures }: SummaryFormat) =>
  [...line.matchAll(failures)].reduce((sum, [, count]) => sum + Number(count), 0);
