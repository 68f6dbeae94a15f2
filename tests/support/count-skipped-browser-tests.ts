import type { TestProject } from 'vitest/node';

/** Why a test with a browser is skipped. */
export const noChromium = 'no Chromium found';

/** The last line of a run says how many tests were skipped for want of a browser, and how to get one. */
export function setup(project: TestProject): () => void {
  return () => {
    const tests = project.vitest.state.getTestModules().flatMap((file) => [...file.children.allTests()]);
    process.stdout.write(skippedBrowserTestsText(tests));
  };
}

interface FinishedTest {
  result(): { readonly state: string; readonly note?: string | undefined };
}

export function skippedBrowserTestsText(tests: readonly FinishedTest[]): string {
  const results = tests.map((test) => test.result());
  const skipped = results.filter(({ state, note }) => state === 'skipped' && note === noChromium);
  return skipped.length === 0
    ? ''
    : `${noChromium}: ${skipped.length} tests with a browser were skipped. Install one (apt-get install chromium), or set MAITRED_CHROMIUM=/path/to/chromium.\n`;
}
