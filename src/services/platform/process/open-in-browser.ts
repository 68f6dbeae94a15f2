import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { AppError } from '../../../domain/app-error.ts';
import { startTimer } from '../../../domain/timers.ts';
import { cannotStart } from './cannot-start.ts';
import { inheritedEnvironment } from './inherited-environment.ts';

/** A program that still runs after this time is the browser itself. */
const startLimitMs = 3_000;

/**
 * Asks the desktop to open an address. What it starts belongs to the user and keeps running when this process ends.
 * @throws AppError `not_found` where there is no program for it, `process_failed` when that program fails
 */
export async function openInBrowser(
  url: string,
  { platform, cwd }: { readonly platform: NodeJS.Platform; readonly cwd: string },
): Promise<void> {
  const file = platform === 'darwin' ? 'open' : 'xdg-open';
  const env = inheritedEnvironment(process.env);
  const child = spawn(file, [url], { cwd, env, detached: true, stdio: 'ignore' });
  child.unref();
  const limit = new AbortController();
  const timer = startTimer(() => limit.abort(), startLimitMs);
  try {
    const [exitCode] = (await once(child, 'exit', { signal: limit.signal })) as [number | null];
    if (exitCode !== 0)
      throw new AppError('process_failed', `${file} cannot open a browser (it ended with ${exitCode ?? 'a signal'}).`);
  } catch (problem) {
    if (limit.signal.aborted) return;
    throw problem instanceof AppError ? problem : cannotStart({ file, cwd }, problem);
  } finally {
    clearTimeout(timer);
  }
}
