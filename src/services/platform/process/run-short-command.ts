import { execa } from 'execa';
import { cannotStart } from './cannot-start.ts';
import { inheritedEnvironment } from './inherited-environment.ts';
import { mostOutputBytes, type RunCommand } from './run-command.ts';

const killAfterMs = 1_000;

/**
 * For commands that leave no process behind, and for output that must not reach a disk, such as a token: output comes through pipes,
 * and the command ends with this process. A command that may start others runs as an owned process instead.
 */
export const runShortCommand: RunCommand = async (command, signal) => {
  const { file, args, cwd, env = {}, timeLimitMs, mostOutputBytes: maxBuffer = mostOutputBytes } = command;
  signal?.throwIfAborted();
  const ended = await execa(file, args, {
    cwd,
    env: { ...inheritedEnvironment(process.env), ...env },
    extendEnv: false,
    stdin: 'ignore',
    timeout: timeLimitMs,
    forceKillAfterDelay: killAfterMs,
    maxBuffer,
    reject: false,
    stripFinalNewline: false,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  signal?.throwIfAborted();
  const hasNotStarted = ended.failed && ended.exitCode === undefined && ended.signal === undefined;
  if (hasNotStarted && !ended.timedOut) throw cannotStart({ file, cwd }, ended.cause);
  return {
    exitCode: (ended.timedOut ? null : ended.exitCode) ?? null,
    stdout: ended.stdout,
    stderr: ended.stderr,
    isTruncated: ended.isMaxBuffer,
    timedOut: ended.timedOut,
  };
};
