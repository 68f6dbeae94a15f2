import * as z from 'zod';
import type { FinishedProcess, ProcessOutput } from '../../services/platform/process/child-processes.ts';
import { defineExecutionTool } from './family.ts';

const tailBytes = 16 * 1_024;
const outputLimitBytes = 4 * 1_024 ** 3;
const longestTimeoutSeconds = 24 * 60 * 60;

const cutSchema = z
  .object({
    size_bytes: z.number().int().describe('How much was written.'),
    cut_bytes: z.number().int().describe('How much of its beginning was left out here.'),
    file: z.string().describe('Where all of it lies, for some days.'),
  })
  .nullable();

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
    exit_code: z.number().int().describe('-1 where it did not end by itself.'),
    signal: z.string().nullable().describe('The signal that ended it; null where none did.'),
    timed_out: z.boolean(),
    stdout: z.string().describe('At most the last 16 KiB.'),
    stderr: z.string().describe('At most the last 16 KiB.'),
    stdout_cut: cutSchema.describe('null: nothing was cut.'),
    stderr_cut: cutSchema.describe('null: nothing was cut.'),
    background_processes_ended: z
      .number()
      .int()
      .describe('Processes that it left behind when it ended by itself, and that were ended.'),
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
        outputLimitBytes,
        tailBytes,
      },
      { signal, onProgress: ({ elapsedMs, lastLine }) => report(progressText(elapsedMs, lastLine)) },
    );
    signal.throwIfAborted();
    const { reason, exit, others, stdout, stderr } = finished;
    const hasEndedByItself = reason === 'exited';
    return {
      success: hasEndedByItself && exit.code === 0,
      exit_code: (hasEndedByItself ? exit.code : null) ?? -1,
      signal: exit.signal,
      timed_out: reason === 'timedOut',
      stdout: textOf(stdout),
      stderr: textOf(stderr),
      stdout_cut: cutOf(stdout),
      stderr_cut: cutOf(stderr),
      background_processes_ended: hasEndedByItself ? others : 0,
      note: noteOn(finished, timeout),
    };
  },
});

const progressText = (elapsedMs: number, lastLine: string | null) =>
  `running for ${Math.round(elapsedMs / 1_000)} s${lastLine === null ? '' : `: ${lastLine}`}`;

const textOf = ({ text, cutBytes }: ProcessOutput) =>
  cutBytes > 0 ? `[… ${cutBytes} bytes before this are left out]\n${text}` : text;

const cutOf = ({ sizeBytes, cutBytes, file }: ProcessOutput) =>
  file === null ? null : { size_bytes: sizeBytes, cut_bytes: cutBytes, file };

function noteOn({ reason, survivors, isOutputDiskFull }: FinishedProcess, timeoutSeconds: number): string | null {
  const notes: string[] = [];
  if (reason === 'timedOut')
    notes.push(
      `It took longer than ${timeoutSeconds} s and was ended with all that it had started; a larger timeout gives it more.`,
    );
  if (reason === 'tooMuchOutput')
    notes.push(
      `It wrote more than ${outputLimitBytes / 1_024 ** 3} GiB and was ended; let it write less, or to a file of its own.`,
    );
  if (isOutputDiskFull)
    notes.push('The disk of the state folder is full: output may be missing. Make room, or set MAITRED_STATE_DIR.');
  if (survivors.length > 0) notes.push(`The system does not let go of ${survivors.join(', ')}: look at them with ps.`);
  return notes.length === 0 ? null : notes.join(' ');
}
