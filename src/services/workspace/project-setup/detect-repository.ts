import { isAppError } from '../../../domain/app-error.ts';
import { githubRepositoryOf } from '../../../domain/github-repository.ts';
import type { Git } from '../../git/git.ts';

export interface DetectedRepository {
  /** `owner/name`, at github.com. */
  readonly name: string;
  /** The git remote that says so. */
  readonly remote: string;
}

/** Issues belong to the repository that a fork comes from. */
const remotes = ['upstream', 'origin'] as const;

/** The GitHub repository of a project; null where no remote names one, where git refuses or takes too long, and where there is no git. */
export async function detectRepository(
  projectDir: string,
  git: Pick<Git, 'remoteUrl'>,
): Promise<DetectedRepository | null> {
  try {
    for (const remote of remotes) {
      const name = githubRepositoryOf((await git.remoteUrl(projectDir, remote)) ?? '');
      if (name !== null) return { name, remote };
    }
  } catch (thrown) {
    if (!isAppError(thrown) || !['not_found', 'timed_out'].includes(thrown.code)) throw thrown;
  }
  return null;
}
