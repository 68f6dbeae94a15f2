import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { AppError } from '../../domain/app-error.ts';
import type { ConfigSources } from '../../domain/early-settings.ts';
import { userConfigFileFrom } from '../../domain/state-folder.ts';

/**
 * The folder of a project.
 * @param named as a person gave it; null for the project around the working folder
 * @throws AppError `invalid_input` where that is not a folder
 */
export function projectDirFrom(cwd: string, named: string | null): string {
  if (named === null) return findProject(cwd);
  const dir = resolve(cwd, named);
  // Only a folder that can be entered has this name in it.
  if (existsSync(`${dir}/.`)) return dir;
  const flaw = existsSync(dir) ? 'is not a folder that can be entered: ' : 'does not exist: create it, or ';
  throw new AppError('invalid_input', `the project ${dir} ${flaw}name another folder`);
}

/** The folder itself or its nearest ancestor with `.maitred` or `.git`; the folder itself if there is none. */
function findProject(from: string): string {
  for (let dir = from; ; dir = dirname(dir)) {
    if (existsSync(`${dir}/.maitred`) || existsSync(`${dir}/.git`)) return dir;
    if (dir === dirname(dir)) return from;
  }
}

/** Where the configuration of a project comes from. */
export function configSourcesOf({
  projectDir,
  homeDir,
  env,
  flags,
}: Pick<ConfigSources, 'projectDir' | 'env' | 'flags'> & { readonly homeDir: string }): ConfigSources {
  return {
    projectDir,
    userFile: userConfigFileFrom(env, homeDir),
    projectFile: `${projectDir}/.maitred/config.yaml`,
    secretsFile: `${projectDir}/.maitred/.secrets.yaml`,
    env,
    flags,
  };
}
