import * as z from 'zod';
import { readTestSummary, type TestSummary } from '../../domain/test-summary.ts';
import type { FinishedProcess } from '../../services/platform/process/child-processes.ts';
import { commandAnswer, commandFields, whatIsLeft, whyEndedEarly } from '../command-answer.ts';
import { stepName } from '../step-name.ts';
import { defineWorkspaceTool } from './family.ts';
import { runConfigured } from './run-configured.ts';

export const testCheck = defineWorkspaceTool({
  name: 'test_check',
  title: 'Run the tests',
  description:
    "Runs the project's test command (test_check.command in the configuration) in a worktree and says whether the tests pass. Red tests are an answer, not an error.",
  tags: ['kitchen', 'headless'],
  needs: [],
  effect: 'changes',
  input: z.object({
    worktree_path: z.string().min(1).describe('The folder to test: an absolute path in one of workspace.roots.'),
    step_name: stepName,
  }),
  output: z.object({
    passed: z
      .boolean()
      .describe('Whether the command ended by itself with exit code 0, and no summary of it names failures.'),
    ...commandFields,
    summary: z.string().nullable().describe('The line in which the tests sum themselves up; null where there is none.'),
    error: z.string().optional().describe('What else than red tests keeps it from having passed.'),
    note: z.string().nullable().describe('What else there is to know, for people and models.'),
  }),
  async handler({ worktree_path: worktreePath }, { processes, workspace, settings }, scope) {
    const { command, timeout } = settings.test_check;
    const finished = await runConfigured(
      {
        key: 'test_check.command',
        command,
        mend: "No test command is configured: set it with `maitred config set test_check.command '[npm, test]'`, or let `maitred init` find it.",
        cwd: workspace.folder(worktreePath, 'worktree_path'),
        // The tests of a project are nobody's worker session.
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
      note: whatIsLeft(finished),
    };
  },
});

/** Some runners sum up on stderr. */
function summaryOf({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): TestSummary | null {
  const summaries = [stdout, stderr].map(readTestSummary).filter((summary) => summary !== null);
  return summaries.find(({ failed }) => failed > 0) ?? summaries[0] ?? null;
}

function whyNotPassed(finished: FinishedProcess, summary: TestSummary | null, timeoutSeconds: number): string | null {
  const { exit } = finished;
  const mend = 'a larger test_check.timeout in the configuration gives it more';
  const early = whyEndedEarly(finished, timeoutSeconds, mend);
  if (early !== null) return early;
  if (exit.signal !== null) return `The test command was ended by ${exit.signal}.`;
  if (exit.code === 0 && summary !== null && summary.failed > 0)
    return `The exit code is 0, but the summary names ${summary.failed} failed: the command hides the exit code of the tests (a pipe does; set -o pipefail).`;
  return null;
}
