import * as z from 'zod';
import { encodeJson } from '../../domain/encode-json.ts';
import { exitCodeHiddenBy } from '../../domain/hidden-exit-code.ts';
import { shortenText } from '../../domain/shorten-texts.ts';
import { createSummarySearch, type TestSummary } from '../../domain/test-summary.ts';
import type { FinishedProcess } from '../../services/platform/process/child-processes.ts';
import { stepName } from '../arguments.ts';
import { commandAnswer, commandFields, noteOn, whyEndedEarly } from '../command-answer.ts';
import { defineTool } from '../define-tool.ts';
import type { ToolServices } from '../tool-services.ts';
import { runConfigured } from './run-configured.ts';

type Services = Pick<ToolServices, 'processes' | 'readOutput' | 'projectFiles' | 'settings' | 'workspace'>;

const mostSummaryCharacters = 500;

export const testCheck = defineTool({
  name: 'test_check',
  title: 'Run the tests',
  description: `Runs the project's test command (test_check.command in the configuration) in a folder and reports whether the tests pass. Use it after a change and before a merge. Failing tests are a result (passed: false), not an error; an error means that the command could not be run. passed: null means that it is unknown, because the command may hide the exit code of the tests: treat it as not passed. It always runs the whole configured command: for one test, a linter or any other command use run_cmd.
Example: {"worktree_path": "/home/ann/worktrees/fix-cart"}`,
  category: 'Testing & Workspace',
  tags: ['kitchen', 'headless'],
  needs: [],
  effect: 'changes',
  openWorld: true,
  input: z.object({
    worktree_path: z.string().min(1).describe('Folder to test: an absolute path within workspace.roots.'),
    step_name: stepName,
  }),
  output: () =>
    z.object({
      passed: z
        .boolean()
        .nullable()
        .describe(
          'Whether the command exited by itself with code 0 and nothing in its output reports failures. null: that exit code proves nothing (a pipe hides the exit code of the tests, say) and neither does the output; error has the reason. For merges, recipes and hooks null counts as not passed.',
        ),
      ...commandFields(),
      summary: z
        .string()
        .nullable()
        .describe('The line of the output that says how the tests ended; null if none was recognized.'),
      error: z.string().optional().describe('Why passed is false, if it is not because tests failed; why it is null.'),
      note: z.string().nullable().describe('Warnings; null if there are none.'),
    }),
  async handler(
    { worktree_path: worktreePath },
    { processes, readOutput, projectFiles, settings, workspace }: Services,
    scope,
  ) {
    const { command, timeout } = settings.test_check;
    const cwd = workspace.folder(worktreePath, 'worktree_path');
    const finished = await runConfigured(
      {
        key: 'test_check.command',
        command,
        whenEmpty:
          "No test command is configured. Set it with `maitred config set test_check.command '[npm, test]'`, or let `maitred init` find it.",
        cwd,
        // The project's tests are not a headless session.
        env: { MAITRED_HEADLESS: undefined },
        timeLimitMs: timeout * 1_000,
      },
      { processes, settings },
      scope,
    );
    const searched = await searchOutput(finished, readOutput, scope.signal);
    const hiddenBy = () => exitCodeHiddenBy(command, projectFiles(cwd).read, 'test_check.command');
    const verdict = adjudicate(finished, searched, timeout, hiddenBy);
    return {
      passed: verdict.passed,
      ...commandAnswer(finished),
      summary: searched.summary?.line ?? null,
      ...(verdict.error === null ? {} : { error: verdict.error }),
      note: noteOn(finished),
    };
  },
  // What the tests of a dead server did says nothing of these.
  adopt: () => ({ state: 'again' }),
});

interface SearchedOutput {
  readonly summary: TestSummary | null;
  /** Whether nothing that the command wrote is missing. */
  readonly isWhole: boolean;
}

/** Searches all of the output. Some test runners print their summary to stderr. */
async function searchOutput(
  { stdout, stderr, isOutputDiskFull }: FinishedProcess,
  readOutput: ToolServices['readOutput'],
  signal: AbortSignal,
): Promise<SearchedOutput> {
  const search = createSummarySearch();
  let isWhole = !isOutputDiskFull;
  for (const output of [stdout, stderr]) {
    for await (const lines of readOutput(output, signal)) {
      for (const line of lines) {
        if (line === null) isWhole = false;
        else search.read(line);
      }
    }
  }
  const { summary } = search;
  const shown = summary && { ...summary, line: shortenText(summary.line, mostSummaryCharacters) };
  return { summary: shown, isWhole };
}

interface Verdict {
  readonly passed: boolean | null;
  readonly error: string | null;
}

/** @param hiddenBy what may hide the exit code of the tests; null: nothing */
function adjudicate(
  finished: FinishedProcess,
  { summary, isWhole }: SearchedOutput,
  timeoutSeconds: number,
  hiddenBy: () => string | null,
): Verdict {
  const { code, signal } = finished.exit;
  const early = whyEndedEarly(finished, timeoutSeconds, 'Raise test_check.timeout in the configuration.');
  if (early !== null) return { passed: false, error: early };
  if (signal !== null) return { passed: false, error: `The test command was ended by ${signal}.` };
  if (code !== 0) return { passed: false, error: null };
  if (summary?.hasFailed === true)
    return {
      passed: false,
      error: `The test command exited with code 0, but its output reports a failure: ${encodeJson(summary.line)}. Either the command hides the exit code of the tests (a pipe does that without \`set -o pipefail\`), or a test prints that line.`,
    };
  const hidden = summary !== null && isWhole ? null : hiddenBy();
  if (hidden === null) return { passed: true, error: null };
  const missing = summary === null ? 'no summary of a test runner that test_check knows' : 'parts that were not kept';
  return {
    passed: null,
    error: `Whether the tests passed is unknown: ${hidden} may hide their exit code, and the output has ${missing}. Make the command exit with the code of the tests: put \`set -o pipefail\` before a pipe in bash, or write the output to a file with \`>\`; join commands with \`&&\`.`,
  };
}
