import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '../../../src/domain/app-error.ts';
import type { ConfigSources } from '../../../src/domain/early-settings.ts';
import { type LoadedConfig, readConfig } from '../../../src/services/config/read-config.ts';
import { type FileAccess, nodeFileAccess } from '../../../src/services/yaml/read-text-file.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';

export interface ProjectContent {
  readonly user?: string | Buffer;
  readonly project?: string | Buffer;
  readonly secrets?: string | Buffer;
  readonly env?: ConfigSources['env'];
  readonly flags?: ConfigSources['flags'];
}

/** Writes real files into a temp folder that goes with the test. */
export function makeProject(content: ProjectContent = {}): ConfigSources {
  return writeProject(tempFolder(), content);
}

export function writeProject(
  dir: string,
  { user, project, secrets, env = {}, flags = {} }: ProjectContent,
): ConfigSources {
  const projectDir = join(dir, 'project');
  const userFile = join(dir, 'home', 'config.yaml');
  const projectFile = join(projectDir, '.maitred', 'config.yaml');
  const secretsFile = join(projectDir, '.maitred', '.secrets.yaml');
  const contents = [
    [userFile, user],
    [projectFile, project],
    [secretsFile, secrets],
  ] as const;
  for (const [path, text] of contents) {
    mkdirSync(dirname(path), { recursive: true });
    rmSync(path, { force: true });
    if (text !== undefined) writeFileSync(path, text, { mode: 0o600 });
  }
  return { projectDir, userFile, projectFile, secretsFile, env, flags };
}

export function read(sources: ConfigSources, files: FileAccess = nodeFileAccess): LoadedConfig {
  return readConfig(sources, files);
}

/** The error that reading ends with; fails when reading succeeds or throws anything else. */
export function errorOf(sources: ConfigSources, files: FileAccess = nodeFileAccess): AppError {
  try {
    readConfig(sources, files);
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid_input') return error;
    throw error;
  }
  throw new Error('the configuration was read without an error');
}

export function linesOf(sources: ConfigSources, files: FileAccess = nodeFileAccess): readonly string[] {
  return errorOf(sources, files).message.split('\n');
}
