import { resolve } from 'node:path';
import { type StateFolder, stateDirFrom, stateFolderAt } from '../domain/state-folder.ts';
import type { CliHost } from './cli-host.ts';

/** This user's state folder, as an absolute path. */
export function stateFolderOf({ env, homeDir, cwd }: Pick<CliHost, 'env' | 'homeDir' | 'cwd'>): StateFolder {
  const dir = stateDirFrom(env, homeDir);
  return stateFolderAt(dir.startsWith('/') ? dir : resolve(cwd(), dir));
}
