import { AppError } from '../domain/app-error.ts';
import type { ConfigSources, FlagValues } from '../domain/early-settings.ts';
import { placedText } from '../domain/placed-fault.ts';
import { configSourcesOf, projectDirFrom } from '../services/config/config-sources.ts';
import { type LoadedConfig, readOpenConfig } from '../services/config/read-config.ts';
import { validateProjectFolder } from '../services/workspace/project-setup/write-project-files.ts';
import type { CliHost } from './cli-host.ts';
import { writeRemark } from './report.ts';

/** The option that names a project. */
export const projectOption = [
  '--project <DIR>',
  'the project (default: the nearest parent folder with .maitred or .git)',
] as const;

/**
 * The folder of a project.
 * @param named as it was given; undefined for the project around the working folder
 * @throws AppError `invalid_input` for anything but a folder, `conflict` if `.maitred` in it is not a folder
 */
function projectDirOf({ cwd }: Pick<CliHost, 'cwd'>, named: string | undefined): string {
  const dir = projectDirFrom(cwd(), named ?? null);
  validateProjectFolder(dir);
  return dir;
}

/**
 * As `projectDirOf`, before a write. A home must be named to be a project, since its settings would apply to every folder in it that is
 * not a project itself.
 */
export function projectDirToChange(host: Pick<CliHost, 'cwd' | 'homeDir'>, named: string | undefined): string {
  const dir = projectDirOf(host, named);
  if (named !== undefined || (dir !== host.homeDir && dir !== '/')) return dir;
  const fix = 'change to a project, or name one with --project';
  throw new AppError('invalid_input', `${dir} does not look like a project: ${fix}`);
}

/**
 * The sources of a project's configuration, the same as for its server.
 * @param dir as it was given; undefined for the project around the working folder
 * @throws AppError as `projectDirOf` does
 */
export function projectSourcesOf(host: CliHost, dir: string | undefined, flags: FlagValues = {}): ConfigSources {
  const { env, homeDir } = host;
  return configSourcesOf({ projectDir: projectDirOf(host, dir), homeDir, env, flags });
}

/**
 * A project, and its configuration without secrets. Writes its warnings to stderr.
 * @param dir as it was given; undefined for the project around the working folder
 * @throws AppError `invalid_input` for a bad configuration, and as `projectDirOf` does
 */
export function readProjectConfig(
  host: CliHost,
  dir?: string,
): Pick<ConfigSources, 'projectDir'> & Pick<LoadedConfig, 'config'> {
  const sources = projectSourcesOf(host, dir);
  const { config, warnings } = readOpenConfig(sources);
  for (const warning of warnings) writeRemark(host, placedText(warning));
  return { projectDir: sources.projectDir, config };
}
