import * as z from 'zod';
import type { FinishedProcess } from '../../services/platform/process/child-processes.ts';
import {
  commandAnswer,
  commandFields,
  commandOutputLimits,
  progressText,
  whatIsLeft,
  whyEndedEarly,
} from '../command-answer.ts';
import { defineExecutionTool } from './family.ts';

const longestTimeoutSeconds = 24 * 60 * 60;

export const runCmd = defineExecutionTool({
  name: 'run_cmd',
  title: 'Run a command',
  description:
    'Runs a shell command (bash -c) in a folder and answers when it has ended. Long output is cut at its beginning and kept whole in a file. What the command leaves running in the background is ended with it.',
  tags: ['kitchen'],
  needs: [],
  effect: 'destroys',
  input: z.object({
    cmd: z
      .string()
      .min(1)
      .refine((cmd) => !cmd.includes('\0'), 'must not hold a NUL character')
      .describe('The command, for bash.'),
    cwd: z.string().min(1).describe('The folder to run in: an absolute path in one of workspace.roots.'),
    timeout: z
      .number()
      .gt(0)
      .max(longestTimeoutSeconds)
      .default(600)
      .describe('After this many seconds the command is ended.'),
    step_name: z.string().default('').describe('The step of a recipe: the command finds it as SCENARIO_STEP_NAME.'),
  }),
  output: z.object({
    success: z.boolean().describe('Whether the command ended by itself with exit code 0.'),
    ...commandFields,
    note: z.string().nullable().describe('What else there is to know, for people and models.'),
  }),
  async handler({ cmd, cwd, timeout, step_name: stepName }, { processes, workspace }, { signal, report }) {
    const finished = await processes.run(
      {
        file: 'bash',
        args: ['-c', cmd],
        cwd: workspace.folder(cwd, 'cwd'),
        env: stepName === '' ? {} : { SCENARIO_STEP_NAME: stepName },
        timeLimitMs: timeout * 1_000,
        ...commandOutputLimits,
      },
      { signal, onProgress: (progress) => report(progressText(progress)) },
    );
    signal.throwIfAborted();
    const answer = commandAnswer(finished);
    return { success: answer.exit_code === 0, ...answer, note: noteOn(finished, timeout) };
  },
});

function noteOn(finished: FinishedProcess, timeoutSeconds: number): string | null {
  const notes = [
    whyEndedEarly(finished, timeoutSeconds, 'a larger timeout gives it more'),
    whatIsLeft(finished),
  ].filter((note) => note !== null);
  return notes.length === 0 ? null : notes.join(' ');
}
