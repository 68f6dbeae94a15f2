import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ConfigSources } from '../../domain/early-settings.ts';
import { userConfigFileFrom } from '../../domain/state-folder.ts';

/** The folder itself or its nearest ancestor with `.maitred` or `.git`; the folder itself if there is none. */
export function findProject(from: string): string {
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
