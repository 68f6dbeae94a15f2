import { existsSync } from 'node:fs';
import type { ConfigSources } from '../../domain/early-settings.ts';

export interface ConfigFilesReport {
  readonly project: string;
  /** In order of weight: a later one wins. */
  readonly files: Readonly<Record<'user' | 'project' | 'secrets', { readonly path: string; readonly exists: boolean }>>;
}

/** Where the files of a project's configuration lie, and which are there. */
export function configFilesOf({ projectDir, userFile, projectFile, secretsFile }: ConfigSources): ConfigFilesReport {
  const fileAt = (path: string) => ({ path, exists: existsSync(path) });
  return {
    project: projectDir,
    files: { user: fileAt(userFile), project: fileAt(projectFile), secrets: fileAt(secretsFile) },
  };
}
