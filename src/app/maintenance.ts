import { hooksFileText, repairHooksFile } from '../services/client-plugin/hooks-file.ts';
import type { ServerContext } from './server-context.ts';

/* The entry of the chunk `maintenance.js`: crash recovery, retention, and the repair of hooks. */

export { build } from './build.ts';
export { recover } from './recover.ts';
export { removeExpired } from './remove-expired.ts';

/**
 * The start-up task `drift`: replaces hooks that another maitred made, or that were changed by hand.
 * @throws AppError `unavailable` if the file cannot be written
 */
export async function repairHooks(
  { nodeProcess, files, place, log }: ServerContext,
  signal: AbortSignal,
): Promise<void> {
  const { dir: stateDir, hooksFile: path } = place.stateFolder;
  const text = hooksFileText({ nodeFile: nodeProcess.execPath, programDir: files.dir, stateDir });
  const found = await repairHooksFile(path, text, signal);
  if (found.state === 'repaired') log.info('hooks_repaired', { path, flaw: found.flaw });
  else log.debug(`hooks_${found.state}`, { path });
}
