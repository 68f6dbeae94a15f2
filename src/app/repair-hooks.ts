import { resolve } from 'node:path';
import { hooksFileText, repairHooksFile } from '../services/client-plugin/hooks-file.ts';
import type { ServerContext } from './server-context.ts';

/**
 * The startup task `drift`: hooks that were made by another maitred, or changed by hand, become those of this one.
 * @throws AppError `unavailable` when the file cannot be written
 */
export async function repairHooks(
  { nodeProcess, files, place, log }: ServerContext,
  signal: AbortSignal,
): Promise<void> {
  const { dir, hooksFile: path } = place.stateFolder;
  const text = hooksFileText({ nodeFile: nodeProcess.execPath, programDir: files.dir, stateDir: resolve(dir) });
  const found = await repairHooksFile(path, text, signal);
  if (found.state === 'repaired') log.info('hooks_repaired', { path, flaw: found.flaw });
  else log.debug(`hooks_${found.state}`, { path });
}
