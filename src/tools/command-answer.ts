import * as z from 'zod';
import type { ProcessSpec } from '../domain/child-process.ts';
import { printable } from '../domain/printable-text.ts';
import type { FinishedProcess, ProcessOutput } from '../services/platform/process/child-processes.ts';
import type { CallScope } from './define-tool.ts';
import type { ToolServices } from './tool-services.ts';

/** Per stream: a command that writes more is ended; only the end of its output is returned. */
const outputLimits = { outputLimitBytes: 4 * 1_024 ** 3, tailBytes: 16 * 1_024 } as const;

/**
 * Runs a command to its end with limits on its output, and reports its progress.
 * @throws as `ChildProcesses.run`, and the signal's reason when that is aborted
 */
export async function runWithProgress(
  command: Omit<ProcessSpec, keyof typeof outputLimits>,
  processes: ToolServices['processes'],
  { signal, report }: CallScope,
): Promise<FinishedProcess> {
  const finished = await processes.run(
    { ...command, ...outputLimits },
    {
      signal,
      onProgress: ({ elapsedMs, lastLine }) =>
        report(`running for ${Math.round(elapsedMs / 1_000)} s${lastLine === null ? '' : `: ${printable(lastLine)}`}`),
    },
  );
  signal.throwIfAborted();
  return finished;
}

const truncationSchema = z
  .object({
    size_bytes: z.number().int().describe('Bytes written in total.'),
    cut_bytes: z.number().int().describe('Bytes missing at the beginning of the text above.'),
    file: z.string().describe('File with the complete output; kept for some days.'),
  })
  .nullable();

/** The fields of a tool's result that say how a command ended and what it wrote. */
export const commandFields = {
  exit_code: z.number().int().describe('-1 if the command did not exit by itself.'),
  signal: z.string().nullable().describe('Signal that ended the command; null if none did.'),
  timed_out: z.boolean().describe('Whether the command was ended because its time limit passed.'),
  stdout: z.string().describe('The last 16 KiB at most.'),
  stderr: z.string().describe('The last 16 KiB at most.'),
  stdout_cut: truncationSchema.describe('Set if stdout is truncated, else null.'),
  stderr_cut: truncationSchema.describe('Set if stderr is truncated, else null.'),
  background_processes_ended: z
    .number()
    .int()
    .describe('Processes that the command left running when it exited, and that were ended.'),
};

export function commandAnswer({ reason, exit, others, stdout, stderr }: FinishedProcess) {
  const hasExited = reason === 'exited';
  return {
    exit_code: (hasExited ? exit.code : null) ?? -1,
    signal: exit.signal,
    timed_out: reason === 'timedOut',
    stdout: textOf(stdout),
    stderr: textOf(stderr),
    stdout_cut: truncationOf(stdout),
    stderr_cut: truncationOf(stderr),
    background_processes_ended: hasExited ? others : 0,
  };
}

const textOf = ({ text, truncatedBytes }: ProcessOutput) =>
  truncatedBytes > 0 ? `[… ${truncatedBytes} bytes before this are left out]\n${text}` : text;

const truncationOf = ({ sizeBytes, truncatedBytes, file }: ProcessOutput) =>
  file === null ? null : { size_bytes: sizeBytes, cut_bytes: truncatedBytes, file };

/**
 * Why a command was ended before it exited by itself; null if it was not.
 * @param hint how to give it more time, as a sentence
 */
export function whyEndedEarly({ reason }: FinishedProcess, limitSeconds: number, hint: string): string | null {
  if (reason === 'timedOut')
    return `The command took longer than ${limitSeconds} s and was ended with everything it had started. ${hint}`;
  if (reason === 'tooMuchOutput')
    return `The command wrote more than ${outputLimits.outputLimitBytes / 1_024 ** 3} GiB and was ended. Make it write less, or redirect its output to a file.`;
  return null;
}

/** Warnings about how a command ended; null if there are none. */
export function noteOn({ survivors, isOutputDiskFull }: FinishedProcess): string | null {
  const notes: string[] = [];
  if (isOutputDiskFull)
    notes.push('The disk of the state folder is full: output may be missing. Free space, or set MAITRED_STATE_DIR.');
  if (survivors.length > 0)
    notes.push(`These processes could not be ended: ${survivors.join(', ')}. Inspect them with ps.`);
  return notes.length === 0 ? null : notes.join(' ');
}
