import type { ProcessSpec } from '../../../domain/child-process.ts';
import { startTimer } from '../../../domain/timers.ts';
import type { ConnectedProcesses } from './child-processes.ts';
import type { CommandOutcome } from './run-command.ts';

/**
 * Runs a command without input and keeps its output in memory: for what must not reach a disk, such as a secret. Everything that it starts ends
 * with it. One that fails, takes too long or writes too much is an outcome, not an error.
 * @throws AppError as `ConnectedProcesses.connect`; the signal's reason
 */
export async function runConnected(
  processes: ConnectedProcesses,
  spec: Pick<ProcessSpec, 'file' | 'args' | 'cwd' | 'env'>,
  { timeLimitMs, mostOutputBytes }: { readonly timeLimitMs: number; readonly mostOutputBytes: number },
  signal: AbortSignal,
): Promise<CommandOutcome> {
  signal.throwIfAborted();
  const ending = new AbortController();
  const onAbort = () => ending.abort();
  signal.addEventListener('abort', onAbort, { once: true });
  let timedOut = false;
  const timer = startTimer(() => {
    timedOut = true;
    ending.abort();
  }, timeLimitMs);
  const written = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  let isTruncated = false;
  try {
    const { exit } = await processes.connect(spec, {
      signal: ending.signal,
      onPipes({ stdin, ...outputs }) {
        stdin.end();
        for (const name of ['stdout', 'stderr'] as const)
          outputs[name].on('data', (chunk: Buffer) => {
            if (written[name].length + chunk.length <= mostOutputBytes)
              written[name] = Buffer.concat([written[name], chunk]);
            else if (name === 'stdout') {
              isTruncated = true;
              ending.abort();
            }
          });
      },
    });
    signal.throwIfAborted();
    const exitCode = timedOut ? null : exit.code;
    return { exitCode, stdout: written.stdout.toString(), stderr: written.stderr.toString(), isTruncated, timedOut };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
