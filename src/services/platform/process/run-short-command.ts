import { execa } from 'execa';
import { AppError } from '../../../domain/app-error.ts';
import { errorCodeOf } from '../error-code.ts';
import type { RunCommand } from './run-command.ts';

const mostOutputBytes = 4 * 1_024 ** 2;
const killAfterMs = 1_000;

/**
 * For commands that start nothing that outlives them, and for answers that may touch no disk (a token): output comes through pipes,
 * and the command ends with this process. What may start others runs as an owned process instead.
 */
export const runShortCommand: RunCommand = async ({ file, args, cwd, env = {}, timeLimitMs }, signal) => {
  signal?.throwIfAborted();
  const ended = await execa(file, args, {
    cwd,
    env: { GIT_TERMINAL_PROMPT: '0', GH_PROMPT_DISABLED: '1', ...env },
    stdin: 'ignore',
    timeout: timeLimitMs,
    forceKillAfterDelay: killAfterMs,
    maxBuffer: mostOutputBytes,
    reject: false,
    stripFinalNewline: false,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  signal?.throwIfAborted();
  const hasNotStarted = ended.failed && ended.exitCode === undefined && ended.signal === undefined;
  const errno = hasNotStarted && !ended.timedOut ? errorCodeOf(ended.cause) : null;
  if (errno === 'ENOENT')
    throw new AppError('not_found', `${file} is not there: install it, or put its folder into PATH.`, {
      details: { file, cwd },
    });
  if (errno === 'EAGAIN' || errno === 'ENOMEM' || errno === 'EMFILE')
    throw new AppError('unavailable', `${file} cannot be started (${errno}): end something and try again.`);
  if (errno !== null)
    throw new AppError('process_failed', `${file} cannot be run (${errno}).`, { details: { file, cwd } });
  return {
    exitCode: ended.exitCode ?? null,
    stdout: ended.stdout,
    stderr: ended.stderr,
    timedOut: ended.timedOut,
  };
};
