import { failureSigns, summaryFormats } from './test-output-formats.ts';

/** What the output of a test run says of the tests. */
export interface TestSummary {
  /** The line that says it. */
  readonly line: string;
  readonly hasFailed: boolean;
}

export interface SummarySearch {
  /** Takes the next line of the output. A carriage return ends a line too. */
  read(line: string): void;
  /**
   * Of the lines so far: the last summary with failures, else the last other sign of a failure, else the last summary. One failure
   * counts whatever passes after it: workspaces print a summary a package. null if no line is known.
   */
  readonly summary: TestSummary | null;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: a control sequence of a terminal begins with one
const controlSequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[()][0-9A-B])/g;

/** What workspace tools, log collectors and build tools put before the lines of a package: `web:test: `, `[web] `, `web-1  | `. */
const prefix =
  /^(?:\[[^\]]{1,80}\]:? |[\w@./-]{1,80}(?:[: ][\w@.:/-]{1,80})?: |(?:[\d:]{8} )?[\w@./:-]{1,80} +\| |#\d+ [\d.]+ )/;

/** No summary is shorter or longer. */
const shortestLine = 4;
const longestLine = 1_000;

const plan = /^1\.\.(\d{1,9})(?:\s|$)/;
const result = /^(not )?ok\b(?: \d+| -)/;

/** Finds the summaries of the usual test runners in the output of a test run. */
export function createSummarySearch(): SummarySearch {
  const lines = [...summaryFormats.map(({ line }) => line), ...failureSigns, plan, result];
  const known = new RegExp(lines.map(({ source }) => source).join('|'));
  let passed: string | null = null;
  let failed: string | null = null;
  let sign: string | null = null;
  /** Of TAP. */
  const tests = { planned: 0, ran: 0 };

  const look = (text: string) => {
    const ofTap = result.exec(text);
    if (ofTap !== null) tests.ran += 1;
    // Most lines of TAP are these.
    if (ofTap !== null && ofTap[1] === undefined) return;
    const format = summaryFormats.find(({ line }) => line.test(text));
    if (format?.failure?.test(text) === true) failed = text;
    else if (format !== undefined) passed = text;
    else if (failureSigns.some((each) => each.test(text))) sign = text;
    tests.planned += Number(plan.exec(text)?.[1] ?? 0);
  };

  const readPart = (part: string) => {
    if (part.length < shortestLine || part.length > longestLine) return;
    const text = (part.includes('\u001b') ? part.replace(controlSequences, '') : part).trimEnd();
    if (known.test(text)) look(text);
    else {
      const bare = text.replace(prefix, '');
      if (bare !== text && known.test(bare)) look(bare);
    }
  };

  return {
    read(line) {
      if (line.includes('\r')) line.split('\r').forEach(readPart);
      else readPart(line);
    },
    get summary() {
      const failure = failed ?? sign ?? unfinished(tests);
      if (failure !== null) return { line: failure.trim(), hasFailed: true };
      const success = passed ?? (tests.planned > 0 && tests.planned === tests.ran ? `1..${tests.planned}` : null);
      return success === null ? null : { line: success.trim(), hasFailed: false };
    },
  };
}

/** A run that ended in the midst of its tests. */
const unfinished = ({ planned, ran }: { readonly planned: number; readonly ran: number }) =>
  ran > 0 && ran < planned ? `1..${planned}, but only ${ran} of these tests have a result` : null;
