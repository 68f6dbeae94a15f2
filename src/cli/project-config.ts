import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError } from '../domain/app-error.ts';
import type { ConfigSources, FlagValues } from '../domain/early-settings.ts';
import { configSourcesOf, findProject } from '../services/config/config-sources.ts';
import { type LoadedConfig, readOpenConfig } from '../services/config/read-config.ts';
import { checkProjectFolder } from '../services/workspace/project-setup/write-project-files.ts';
import type { CliHost } from './cli-host.ts';

/** The option that names another project than the one around the working folder. */
export const projectOption = [
  '--project <DIR>',
  'the project; else the nearest folder above that holds .maitred or .git',
] as const;

/**
 * The folder of a project.
 * @param named as it was given; undefined for the project around the working folder
 * @throws AppError `not_found` for a folder that is not there, `invalid_input` for what is none, `conflict` when something stands where
 * its `.maitred` folder must be
 */
function projectDirOf({ cwd }: Pick<CliHost, 'cwd'>, named: string | undefined): string {
  const dir = named === undefined ? findProject(cwd()) : namedFolder(resolve(cwd(), named));
  checkProjectFolder(dir);
  return dir;
}

function namedFolder(dir: string): string {
  const facts = statSync(dir, { throwIfNoEntry: false });
  if (facts === undefined) throw new AppError('not_found', `${dir} is not there: make it, or name another folder`);
  if (!facts.isDirectory()) throw new AppError('invalid_input', `${dir} is no folder: name the project's folder`);
  return dir;
}

/**
 * As `projectDirOf`, for what is to be written there: a home is a project only when it is named, since its settings would hold for
 * everything in it that is no project of its own.
 */
export function projectDirToChange(host: Pick<CliHost, 'cwd' | 'homeDir'>, named: string | undefined): string {
  const dir = projectDirOf(host, named);
  if (named !== undefined || (dir !== host.homeDir && dir !== '/')) return dir;
  throw new AppError('invalid_input', `${dir} is hardly a project: go to one, or name it with --project`);
}

/**
 * Where the configuration of a project comes from, as a server of it would read it.
 * @param dir as it was given; undefined for the project around the working folder
 * @throws AppError as `projectDirOf` does
 */
export function projectSourcesOf(host: CliHost, dir: string | undefined, flags: FlagValues = {}): ConfigSources {
  const { env, homeDir } = host;
  return configSourcesOf({ projectDir: projectDirOf(host, dir), homeDir, env, flags });
}

/**
 * The project around the working folder, and its configuration without the secrets.
 * @throws AppError `invalid_input` for a bad configuration
 */
export function readProjectConfig(host: CliHost): Pick<ConfigSources, 'projectDir'> & Pick<LoadedConfig, 'config'> {
  const sources = projectSourcesOf(host, undefined);
  return { projectDir: sources.projectDir, config: readOpenConfig(sources).config };
}
