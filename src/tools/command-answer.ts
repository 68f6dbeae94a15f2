import * as z from 'zod';
import type { ProcessSpec } from '../domain/child-process.ts';
import type { ToolSettings } from '../domain/config.schema.ts';
import { printable } from '../domain/printable-text.ts';
import { shortenText } from '../domain/shorten-texts.ts';
import type { FinishedProcess, ProcessOutput } from '../services/platform/process/child-processes.ts';
import type { DiskSpace } from '../services/platform/process/disk-space.ts';
import type { CallScope } from './define-tool.ts';
import type { ToolServices } from './tool-services.ts';

const tailBytes = 16 * 1_024;

const bytesAMib = 1_024 ** 2;

/** A command is ended when it has written so many times `run_cmd.max_output_mib`. */
const endedAtTimes = 16;

/** The limits of a command's output. */
function outputLimitsOf({ run_cmd: { max_output_mib: keptMib } }: Pick<ToolSettings, 'run_cmd'>) {
  const keptOutputBytes = keptMib * bytesAMib;
  return { keptOutputBytes, outputLimitBytes: endedAtTimes * keptOutputBytes, tailBytes, tailJsonBytes: tailBytes };
}

/**
 * Runs a command to its end with the configured limits on its output, and reports its progress.
 * @throws as `ChildProcesses.run`, and the signal's reason when that is aborted
 */
export async function runWithProgress(
  command: Omit<ProcessSpec, keyof ReturnType<typeof outputLimitsOf>>,
  { processes, settings }: CommandServices,
  { signal, report }: CallScope,
): Promise<FinishedProcess> {
  const finished = await processes.run(
    { ...command, ...outputLimitsOf(settings) },
    {
      signal,
      onProgress: ({ elapsedMs, lastLine }) =>
        report(`running for ${Math.round(elapsedMs / 1_000)} s${lastLine === null ? '' : `: ${printable(lastLine)}`}`),
    },
  );
  signal.throwIfAborted();
  return finished;
}

/** What running a command needs of a tool's services. */
export type CommandServices = Pick<ToolServices, 'processes' | 'settings'>;

const truncation = () =>
  z
    .object({
      size_bytes: z.number().int().describe('Bytes written in total; at least so many if dropped_bytes is not 0.'),
      cut_bytes: z.number().int().describe('Bytes missing at the beginning of the text above.'),
      dropped_bytes: z
        .number()
        .int()
        .describe('Bytes that were not kept, at least; in the middle of the file a line stands for them.'),
      file: z
        .string()
        .nullable()
        .describe(
          'File with the output, complete if dropped_bytes is 0; kept for some days. null: the disk had no room.',
        ),
    })
    .nullable();

/** The fields of a tool's result that say how a command ended and what it wrote. */
export const commandFields = () => ({
  exit_code: z.number().int().describe('-1 if the command did not exit by itself.'),
  signal: z.string().nullable().describe('Signal that ended the command; null if none did.'),
  timed_out: z.boolean().describe('Whether the command was ended because its time limit passed.'),
  stdout: z.string().describe('The last 16 KiB at most, counted as JSON.'),
  stderr: z.string().describe('The last 16 KiB at most, counted as JSON.'),
  stdout_cut: truncation().describe('Set if stdout is truncated, else null.'),
  stderr_cut: truncation().describe('Set if stderr is truncated, else null.'),
  background_processes_ended: z
    .number()
    .int()
    .describe('Processes that the command left running when it exited, and that were ended.'),
});

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

const textOf = ({ text, truncatedBytes, dropped }: ProcessOutput) =>
  truncatedBytes > 0 ? `[… ${atLeast(dropped)}${truncatedBytes} bytes before this are left out]\n${text}` : text;

const atLeast = (dropped: ProcessOutput['dropped']) => (dropped === undefined || dropped.isExact ? '' : 'at least ');

const truncationOf = ({ sizeBytes, truncatedBytes, file, dropped }: ProcessOutput) =>
  truncatedBytes === 0
    ? null
    : { size_bytes: sizeBytes, cut_bytes: truncatedBytes, dropped_bytes: dropped?.bytes ?? 0, file };

/**
 * Why a command was ended before it exited by itself; null if it was not.
 * @param hint how to give it more time, as a sentence
 */
export function whyEndedEarly(finished: FinishedProcess, limitSeconds: number, hint: string): string | null {
  const { reason, lowDisk } = finished;
  if (reason === 'timedOut')
    return `The command took longer than ${limitSeconds} s and was ended with everything it had started. ${hint}`;
  if (reason === 'tooMuchOutput')
    return `The command wrote ${writtenText(finished)}, more than ${endedAtTimes} times run_cmd.max_output_mib, and was ended. Make it write less, redirect its output to a file, or raise run_cmd.max_output_mib in the configuration.`;
  if (reason === 'diskLow')
    return `The command wrote on while the disk of the saved output was nearly full, and was ended. ${lowDisk === undefined ? '' : `${diskText(lowDisk)} `}Free space (\`maitred status --clean\` lists what maitred can remove), set MAITRED_STATE_DIR to a folder on another disk, or make the command write less.`;
  return null;
}

function writtenText({ stdout, stderr }: FinishedProcess): string {
  const name = stdout.sizeBytes >= stderr.sizeBytes ? 'stdout' : 'stderr';
  return `${Math.floor(Math.max(stdout.sizeBytes, stderr.sizeBytes) / bytesAMib)} MiB to ${name}`;
}

const diskText = ({ dir, freeBytes, reserveBytes }: DiskSpace) =>
  `${dir} has ${mibText(freeBytes)} MiB free, and ${mibText(reserveBytes)} MiB are kept in reserve.`;

const mibText = (bytes: number) => (bytes / bytesAMib).toFixed(bytes < 10 * bytesAMib ? 1 : 0);

const mostPidCharacters = 1_000;

/** Warnings about how a command ended; null if there are none. */
export function noteOn({ stdout, stderr, survivors, isOutputDiskFull }: FinishedProcess): string | null {
  const notes: string[] = [];
  for (const [name, { dropped, file }] of Object.entries({ stdout, stderr }))
    if (dropped !== undefined)
      notes.push(
        file === null
          ? `No file of ${name} was kept: the disk had no room for it.`
          : `The file of ${name} has its beginning and its end: ${atLeast(dropped)}${dropped.bytes} bytes between them were not kept (run_cmd.max_output_mib).`,
      );
  if (isOutputDiskFull)
    notes.push(
      'The disk of the state folder was full: output may be missing. Free space (`maitred status --clean` lists what maitred can remove), or set MAITRED_STATE_DIR.',
    );
  if (survivors.length > 0)
    notes.push(
      `These processes could not be ended: ${shortenText(survivors.join(', '), mostPidCharacters)}. Inspect them with ps.`,
    );
  return notes.length === 0 ? null : notes.join(' ');
}
