import type { Config } from '../domain/config.schema.ts';
import { nodeConfigFiles } from '../services/config/config-files.ts';
import { configSourcesOf, findProject } from '../services/config/config-sources.ts';
import { readOpenConfig } from '../services/config/read-config.ts';
import type { CliHost } from './cli-host.ts';

/**
 * The project that the command line stands in, and its configuration without the secrets.
 * @throws AppError `invalid_input` for a bad configuration
 */
export function readProjectConfig({ env, homeDir, cwd }: Pick<CliHost, 'env' | 'homeDir' | 'cwd'>): {
  readonly projectDir: string;
  readonly config: Config;
} {
  const projectDir = findProject(cwd());
  const sources = configSourcesOf({ projectDir, homeDir, env, flags: {} });
  return { projectDir, config: readOpenConfig(sources, nodeConfigFiles).config };
}
