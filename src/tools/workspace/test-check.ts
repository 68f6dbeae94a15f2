import * as z from 'zod';
import { readTestSummary, type TestSummary } from '../../domain/test-summary.ts';
import type { FinishedProcess } from '../../services/platform/process/child-processes.ts';
import { stepName } from '../arguments.ts';
import { commandAnswer, commandFields, noteOn, whyEndedEarly } from '../command-answer.ts';
import { defineTool } from '../define-tool.ts';
import type { ToolServices } from '../tool-services.ts';
import { runConfigured } from './run-configured.ts';

export const testCheck = defineTool({
  name: 'test_check',
  title: 'Run the tests',
  description: `Runs the project's test command (test_check.command in the configuration) in a folder and reports whether the tests pass. Use it after a change and before a merge. Failing tests are a result (passed: false), not an error; an error means that the command could not be run. It always runs the whole configured command: for one test, a linter or any other command use run_cmd.
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
  output: z.object({
    passed: z
      .boolean()
      .describe('Whether the command exited by itself with code 0 and no summary in its output reports failures.'),
    ...commandFields,
    summary: z.string().nullable().describe('The summary line of the test runner; null if none was recognized.'),
    error: z.string().optional().describe('Why the tests did not pass, if it is not because tests failed.'),
    note: z.string().nullable().describe('Warnings; null if there are none.'),
  }),
  async handler(
    { worktree_path: worktreePath },
    { processes, settings, workspace }: Pick<ToolServices, 'processes' | 'settings' | 'workspace'>,
    scope,
  ) {
    const { command, timeout } = settings.test_check;
    const finished = await runConfigured(
      {
        key: 'test_check.command',
        command,
        whenEmpty:
          "No test command is configured. Set it with `maitred config set test_check.command '[npm, test]'`, or let `maitred init` find it.",
        cwd: workspace.folder(worktreePath, 'worktree_path'),
        // The project's tests are not a headless session.
        env: { MAITRED_HEADLESS: undefined },
        timeLimitMs: timeout * 1_000,
      },
      processes,
      scope,
    );
    const answer = commandAnswer(finished);
    const summary = summaryOf(answer);
    const error = whyNotPassed(finished, summary, timeout);
    return {
      passed: answer.exit_code === 0 && error === null,
      ...answer,
      summary: summary?.line ?? null,
      ...(error === null ? {} : { error }),
      note: noteOn(finished),
    };
  },
});

/** Some test runners print their summary to stderr. */
function summaryOf({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): TestSummary | null {
  const summaries = [stdout, stderr].map(readTestSummary).filter((summary) => summary !== null);
  return summaries.find(({ failed }) => failed > 0) ?? summaries[0] ?? null;
}

function whyNotPassed(finished: FinishedProcess, summary: TestSummary | null, timeoutSeconds: number): string | null {
  const { exit } = finished;
  const early = whyEndedEarly(finished, timeoutSeconds, 'Raise test_check.timeout in the configuration.');
  if (early !== null) return early;
  if (exit.signal !== null) return `The test command was ended by ${exit.signal}.`;
  if (exit.code === 0 && summary !== null && summary.failed > 0)
    return `The test command exited with code 0, but its summary reports ${summary.failed} failed. The command hides the exit code of the tests; a pipe does that without \`set -o pipefail\`.`;
  return null;
}
