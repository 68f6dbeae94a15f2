import { isAppError } from '../../domain/app-error.ts';
import { githubRepositoryOf } from '../../domain/github-repository.ts';
import type { RunCommand } from '../platform/process/run-command.ts';

export interface DetectedRepository {
  /** `owner/name`, at github.com. */
  readonly name: string;
  /** The git remote that says so. */
  readonly remote: string;
}

/** Issues belong to the repository that a fork comes from. */
const remotes = ['upstream', 'origin'] as const;

const timeLimitMs = 10_000;

/** The GitHub repository of a project; null where no remote names one, where git refuses, and where there is no git. */
export async function detectRepository(projectDir: string, run: RunCommand): Promise<DetectedRepository | null> {
  try {
    for (const remote of remotes) {
      const args = ['remote', 'get-url', remote];
      const { exitCode, stdout } = await run({ file: 'git', args, cwd: projectDir, timeLimitMs });
      const name = exitCode === 0 ? githubRepositoryOf(stdout.trim()) : null;
      if (name !== null) return { name, remote };
    }
  } catch (thrown) {
    if (!isAppError(thrown) || thrown.code !== 'not_found') throw thrown;
  }
  return null;
}
