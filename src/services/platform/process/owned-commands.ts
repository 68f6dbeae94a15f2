import { AppError } from '../../../domain/app-error.ts';
import type { StartedBy } from '../../../domain/inspection.ts';
import type { ChildProcesses } from './child-processes.ts';
import { mostOutputBytes, type RunCommand } from './run-command.ts';

const outputLimitBytes = 256 * 1_024 ** 2;

/**
 * Runs commands as owned processes: everything that they start ends with them, also when this server is killed.
 * @param startedBy what asks for them; undefined: whoever has the signal of a command
 */
export function createOwnedCommands(processes: ChildProcesses, startedBy?: StartedBy): RunCommand {
  return async (command, signal = new AbortController().signal) => {
    const { env = {}, mostOutputBytes: tailBytes = mostOutputBytes, ...rest } = command;
    const { file } = rest;
    const spec = { ...rest, env, outputLimitBytes, tailBytes };
    const { reason, exit, stdout, stderr, isOutputDiskFull } = await processes.run(spec, {
      signal,
      ...(startedBy === undefined ? {} : { startedBy }),
    });
    signal.throwIfAborted();
    if (reason === 'tooMuchOutput')
      throw new AppError(
        'process_failed',
        `${file} wrote more than ${outputLimitBytes / 1_024 ** 2} MiB and was ended.`,
      );
    if (isOutputDiskFull || reason === 'diskLow')
      throw new AppError(
        'unavailable',
        `The disk of the state folder was full, and the output of ${file} cannot be kept: make room, or set MAITRED_STATE_DIR.`,
      );
    return {
      exitCode: reason === 'timedOut' ? null : exit.code,
      stdout: stdout.text,
      stderr: stderr.text,
      isTruncated: stdout.truncatedBytes > 0,
      timedOut: reason === 'timedOut',
    };
  };
}
