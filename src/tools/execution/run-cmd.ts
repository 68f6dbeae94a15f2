import * as z from 'zod';
import { leastSeconds, mostSeconds } from '../../domain/duration-bounds.ts';
import { textWithoutNul } from '../arguments.ts';
import { commandAnswer, commandFields, noteOn, runWithProgress, whyEndedEarly } from '../command-answer.ts';
import { defineTool } from '../define-tool.ts';
import type { ToolServices } from '../tool-services.ts';

export const runCmd = defineTool({
  name: 'run_cmd',
  title: 'Run a command',
  description: `Runs a command with \`bash -c\` in a folder and returns its exit code and output when it ends. Use it for builds, scripts, git and other command-line work. For the project's tests use test_check, for SQLite files read_db, to empty a test folder reset_test_dir. The command gets no input; output beyond 16 KiB is truncated here and saved to a file (of more than run_cmd.max_output_mib the beginning and the end). Do not start servers or daemons: processes left in the background are ended with the command.
Example: {"cmd": "npm run build", "cwd": "/home/ann/shop"}`,
  category: 'Execution',
  tags: ['kitchen'],
  needs: [],
  effect: 'destroys',
  openWorld: true,
  input: z.object({
    cmd: textWithoutNul.describe('Command for bash.'),
    cwd: z.string().min(1).describe('Folder to run in: an absolute path within workspace.roots.'),
    timeout: z
      .number()
      .min(leastSeconds)
      .max(mostSeconds)
      .default(600)
      .describe('Seconds after which the command is ended.'),
    step_name: z
      .string()
      .default('')
      .describe(
        'Name of the recipe step; get_timing_summary reports the running time under it, and the command gets it as SCENARIO_STEP_NAME.',
      ),
  }),
  output: () =>
    z.object({
      success: z.boolean().describe('Whether the command exited by itself with code 0.'),
      ...commandFields(),
      note: z
        .string()
        .nullable()
        .describe('Why the command was ended early, and other warnings; null if there are none.'),
    }),
  async handler(
    { cmd, cwd, timeout, step_name: stepName },
    { processes, settings, workspace }: Pick<ToolServices, 'processes' | 'settings' | 'workspace'>,
    scope,
  ) {
    const command = {
      file: 'bash',
      args: ['-c', cmd],
      cwd: workspace.folder(cwd, 'cwd'),
      env: stepName === '' ? {} : { SCENARIO_STEP_NAME: stepName },
      timeLimitMs: timeout * 1_000,
    };
    const finished = await runWithProgress(command, { processes, settings }, scope);
    const answer = commandAnswer(finished);
    const notes = [
      whyEndedEarly(finished, timeout, 'Pass a larger timeout to give it more time.'),
      noteOn(finished),
    ].filter((note) => note !== null);
    return { success: answer.exit_code === 0, ...answer, note: notes.length === 0 ? null : notes.join(' ') };
  },
});
