import { AppError, isAppError } from '../../domain/app-error.ts';
import type { ChildProcesses, FinishedProcess } from '../../services/platform/process/child-processes.ts';
import { commandOutputLimits, progressText } from '../command-answer.ts';
import type { CallScope } from '../define-tool.ts';

export interface ConfiguredCommand {
  /** Where the configuration says it: `test_check.command`. */
  readonly key: string;
  readonly command: readonly string[];
  /** What an empty command means and how to set one, as a sentence. */
  readonly mend: string;
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly timeLimitMs: number;
}

/**
 * Runs a command that the configuration names, and says how far it is.
 * @throws AppError `invalid_input` where it names none, `not_found` where its program is not there; else as `ChildProcesses.run`
 */
export async function runConfigured(
  { key, command, mend, cwd, env = {}, timeLimitMs }: ConfiguredCommand,
  processes: ChildProcesses,
  { signal, report }: CallScope,
): Promise<FinishedProcess> {
  const [file, ...args] = command;
  if (file === undefined) throw new AppError('invalid_input', mend);
  try {
    const finished = await processes.run(
      { file, args, cwd, env, timeLimitMs, ...commandOutputLimits },
      { signal, onProgress: (progress) => report(progressText(progress)) },
    );
    signal.throwIfAborted();
    return finished;
  } catch (thrown) {
    if (!isAppError(thrown) || thrown.code !== 'not_found') throw thrown;
    throw new AppError('not_found', `${thrown.message} ${key} in the configuration names it.`, {
      details: { ...thrown.details, key },
      cause: thrown,
    });
  }
}
