import * as z from 'zod';
import type { ProcessProgress } from '../domain/child-process.ts';
import { printable } from '../domain/printable-text.ts';
import type { FinishedProcess, ProcessOutput } from '../services/platform/process/child-processes.ts';

/** How much a command may write, and how much of the end of it is answered. */
export const commandOutputLimits = { outputLimitBytes: 4 * 1_024 ** 3, tailBytes: 16 * 1_024 } as const;

const cutSchema = z
  .object({
    size_bytes: z.number().int().describe('How much was written.'),
    cut_bytes: z.number().int().describe('How much of its beginning was left out here.'),
    file: z.string().describe('Where all of it lies, for some days.'),
  })
  .nullable();

/** The part of a tool's answer that says how a command ended and what it wrote. */
export const commandFields = {
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
};

export function commandAnswer({ reason, exit, others, stdout, stderr }: FinishedProcess) {
  const hasEndedByItself = reason === 'exited';
  return {
    exit_code: (hasEndedByItself ? exit.code : null) ?? -1,
    signal: exit.signal,
    timed_out: reason === 'timedOut',
    stdout: textOf(stdout),
    stderr: textOf(stderr),
    stdout_cut: cutOf(stdout),
    stderr_cut: cutOf(stderr),
    background_processes_ended: hasEndedByItself ? others : 0,
  };
}

const textOf = ({ text, truncatedBytes }: ProcessOutput) =>
  truncatedBytes > 0 ? `[… ${truncatedBytes} bytes before this are left out]\n${text}` : text;

const cutOf = ({ sizeBytes, truncatedBytes, file }: ProcessOutput) =>
  file === null ? null : { size_bytes: sizeBytes, cut_bytes: truncatedBytes, file };

export const progressText = ({ elapsedMs, lastLine }: ProcessProgress) =>
  `running for ${Math.round(elapsedMs / 1_000)} s${lastLine === null ? '' : `: ${printable(lastLine)}`}`;

/**
 * Why a command did not run to its end; null where it did.
 * @param mend what gives it more time, as the end of a sentence
 */
export function whyEndedEarly({ reason }: FinishedProcess, limitSeconds: number, mend: string): string | null {
  if (reason === 'timedOut')
    return `It took longer than ${limitSeconds} s and was ended with all that it had started; ${mend}.`;
  if (reason === 'tooMuchOutput')
    return `It wrote more than ${commandOutputLimits.outputLimitBytes / 1_024 ** 3} GiB and was ended; let it write less, or to a file of its own.`;
  return null;
}

/** What else is to be known of how a command went; null where nothing is. */
export function whatIsLeft({ survivors, isOutputDiskFull }: FinishedProcess): string | null {
  const notes: string[] = [];
  if (isOutputDiskFull)
    notes.push('The disk of the state folder is full: output may be missing. Make room, or set MAITRED_STATE_DIR.');
  if (survivors.length > 0) notes.push(`The system does not let go of ${survivors.join(', ')}: look at them with ps.`);
  return notes.length === 0 ? null : notes.join(' ');
}
