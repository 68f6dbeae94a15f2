import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError } from '../domain/app-error.ts';
import type { ConfigSources, FlagValues } from '../domain/door-settings.ts';
import { nodeConfigFiles } from '../services/config/config-files.ts';
import { configSourcesOf, findProject } from '../services/config/config-sources.ts';
import { type LoadedConfig, readOpenConfig } from '../services/config/read-config.ts';
import type { CliHost } from './cli-host.ts';

/** The option that names another project than the one around the working folder. */
export const projectOption = [
  '--project <DIR>',
  'the project; else the nearest folder above that holds .maitred or .git',
] as const;

/**
 * Where the configuration of a project comes from, as a server of it would read it.
 * @param dir as it was given; undefined for the project around the working folder
 * @throws AppError `not_found` for a folder that is not there
 */
export function projectSourcesOf(
  { env, homeDir, cwd }: CliHost,
  dir: string | undefined,
  flags: FlagValues = {},
): ConfigSources {
  const projectDir = dir === undefined ? findProject(cwd()) : resolve(cwd(), dir);
  const isThere = dir === undefined || statSync(projectDir, { throwIfNoEntry: false })?.isDirectory() === true;
  if (!isThere)
    throw new AppError('not_found', `there is no folder ${projectDir}; --project names the folder of a project`);
  return configSourcesOf({ projectDir, homeDir, env, flags });
}

/**
 * The project around the working folder, and its configuration without the secrets.
 * @throws AppError `invalid_input` for a bad configuration
 */
export function readProjectConfig(host: CliHost): Pick<ConfigSources, 'projectDir'> & Pick<LoadedConfig, 'config'> {
  const sources = projectSourcesOf(host, undefined);
  return { projectDir: sources.projectDir, config: readOpenConfig(sources, nodeConfigFiles).config };
}
