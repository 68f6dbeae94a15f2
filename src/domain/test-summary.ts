/** The line in which a run of tests sums itself up. */
export interface TestSummary {
  readonly line: string;
  /** Tests, files or suites that failed or could not be run; 0 where it names none. */
  readonly failed: number;
}

interface SummaryForm {
  readonly line: RegExp;
  /** Each number of failures in such a line. */
  readonly failures: RegExp;
}

/** How the usual runners sum up. pytest says `xfailed` of a failure that was expected. */
const forms: readonly SummaryForm[] = [
  {
    line: /^=* ?\d+ (failed|passed|skipped|errors?|deselected|xfailed|xpassed|warnings?)\b.* in [\d.]+ ?s/,
    failures: /\b(\d+) (failed|errors?)\b/g,
  },
  { line: /^ *Test (Files|Suites):? +\d+ (failed|skipped|passed|total)\b/, failures: /\b(\d+) failed\b/g },
  { line: /^ *Tests:? +\d+ (failed|skipped|passed|todo|total)\b/, failures: /\b(\d+) failed\b/g },
  { line: /^(#|ℹ) fail \d+$/, failures: /(\d+)$/g },
];

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
const colours = /\u001b\[[\d;]*m/g;

/**
 * What a run of tests says of itself at its end: the last line of each form that is known (pytest, vitest, jest, node:test), of these the one
 * with failures. null where it says nothing of the kind; then its exit code is all that is known.
 */
export function readTestSummary(output: string): TestSummary | null {
  const lines = output.replace(colours, '').split(/\r?\n/);
  const summaries = forms.flatMap((form) => {
    const line = lines.findLast((text) => form.line.test(text));
    return line === undefined ? [] : [{ line: line.trim(), failed: failuresIn(line, form) }];
  });
  return summaries.find(({ failed }) => failed > 0) ?? summaries.at(-1) ?? null;
}

const failuresIn = (line: string, { failures }: SummaryForm) =>
  [...line.matchAll(failures)].reduce((sum, [, count]) => sum + Number(count), 0);
