import { runShortCommand } from '../services/platform/process/run-short-command.ts';
import type { ServerContext } from './server-context.ts';

export { build } from './build.ts';

const ghLimitMs = 10_000;

/** The output of `gh auth token`, read through a pipe so that it touches no disk; null if gh has no token or takes too long. */
export async function askGhForToken({ place, log }: Pick<ServerContext, 'place' | 'log'>): Promise<string | null> {
  const { exitCode, timedOut, stdout } = await runShortCommand({
    file: 'gh',
    args: ['auth', 'token'],
    cwd: place.projectDir,
    env: { GH_PROMPT_DISABLED: '1' },
    timeLimitMs: ghLimitMs,
  });
  if (exitCode === 0) return stdout;
  log.info('gh_gave_no_token', { exit_code: exitCode, timed_out: timedOut });
  return null;
}
