import type { Git } from '../../git/git.ts';
import { type DetectedPackageManager, detectPackageManager } from './detect-package-manager.ts';
import { type DetectedRepository, detectRepository } from './detect-repository.ts';
import { type DetectedTestCommand, detectTestCommand } from './detect-test-command.ts';
import { projectFilesIn } from './project-files.ts';

/** What a project tells of itself; null for what it does not tell. */
export interface DetectedProject {
  readonly packageManager: DetectedPackageManager | null;
  readonly testCommand: DetectedTestCommand | null;
  readonly repository: DetectedRepository | null;
}

/** Looks at a project without changing it or running anything of it. */
export async function detectProject(projectDir: string, git: Pick<Git, 'remoteUrl'>): Promise<DetectedProject> {
  const files = projectFilesIn(projectDir);
  return {
    packageManager: detectPackageManager(files),
    testCommand: detectTestCommand(files),
    repository: await detectRepository(projectDir, git),
  };
}
