import { stateDirIn, usualStateDir } from '../domain/state-folder.ts';
import { fallbackStateDir } from '../services/state/fallback-state-dir.ts';
import type { NodeProcess } from './node-process.ts';

/** Chooses the state folder of this process. A fallback is set as `$MAITRED_STATE_DIR`, so that all of the process and the programs that it starts have the same. */
export function chooseStateDir({ env, getuid }: Pick<NodeProcess, 'env' | 'getuid'>, homeDir: string): string {
  const fallback = env.MAITRED_STATE_DIR ? null : fallbackStateDir({ env, homeDir, uid: getuid?.() });
  if (fallback !== null) env.MAITRED_STATE_DIR = fallback;
  return stateDirIn(env, homeDir) ?? usualStateDir(env, homeDir);
}
