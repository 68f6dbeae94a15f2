import { isAppError } from '../../../domain/app-error.ts';
import { githubRepositoryOf } from '../../../domain/github-repository.ts';
import type { Git } from '../../git/git.ts';
import { type DetectedPackageManager, detectPackageManager } from './detect-package-manager.ts';
import { type DetectedTestCommand, detectTestCommand } from './detect-test-command.ts';
import { projectFilesIn } from './project-files.ts';

/** null for what was not detected. */
export interface DetectedProject {
  readonly packageManager: DetectedPackageManager | null;
  readonly testCommand: DetectedTestCommand | null;
  readonly repository: DetectedRepository | null;
}

export interface DetectedRepository {
  /** `owner/name`, at github.com. */
  readonly name: string;
  /** The git remote with that URL. */
  readonly remote: string;
}

/** Reads a project without changing it or running any of its code. */
export async function detectProject(projectDir: string, git: Pick<Git, 'remoteUrl'>): Promise<DetectedProject> {
  const files = projectFilesIn(projectDir);
  return {
    packageManager: detectPackageManager(files),
    testCommand: detectTestCommand(files),
    repository: await detectRepository(projectDir, git),
  };
}

/** Issues belong to the repository that was forked. */
const remotes = ['upstream', 'origin'] as const;

/** null if no remote is at GitHub, if git fails or takes too long, and without git. */
async function detectRepository(projectDir: string, git: Pick<Git, 'remoteUrl'>): Promise<DetectedRepository | null> {
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
