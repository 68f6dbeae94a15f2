import { AppError, isAppError } from '../../domain/app-error.ts';
import type { FinishedProcess } from '../../services/platform/process/child-processes.ts';
import { type CommandServices, runWithProgress } from '../command-answer.ts';
import type { CallScope } from '../define-tool.ts';

export interface ConfiguredCommand {
  /** Its configuration key: `test_check.command`. */
  readonly key: string;
  readonly command: readonly string[];
  /** The error message for an empty command, with the fix. */
  readonly whenEmpty: string;
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly timeLimitMs: number;
}

/**
 * Runs a command from the configuration.
 * @throws AppError `invalid_input` for an empty command, `not_found` if its program does not exist; else as `runWithProgress`
 */
export async function runConfigured(
  { key, command, whenEmpty, cwd, env = {}, timeLimitMs }: ConfiguredCommand,
  services: CommandServices,
  scope: CallScope,
): Promise<FinishedProcess> {
  const [file, ...args] = command;
  if (file === undefined) throw new AppError('invalid_input', whenEmpty);
  try {
    return await runWithProgress({ file, args, cwd, env, timeLimitMs }, services, scope);
  } catch (thrown) {
    if (!isAppError(thrown) || thrown.code !== 'not_found') throw thrown;
    throw new AppError('not_found', `${thrown.message} ${key} in the configuration names it.`, {
      details: { ...thrown.details, key },
      cause: thrown,
    });
  }
}
