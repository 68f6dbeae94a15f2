import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCodeOf } from '../../platform/error-code.ts';
import { writeFileAtomically } from '../../platform/files.ts';
import { syncFolder } from '../../platform/sync-folder.ts';
import { hiddenPrefixFor } from './unfinished.ts';

/**
 * Makes the folder of a session as a whole and synced: `fill` writes into a hidden folder beside it, which is then renamed. An existing
 * folder stays as it is. Leaves nothing unfinished, unless the process is killed.
 */
export async function placeSessionDir<Result>(
  place: string,
  fill: (dir: string) => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  await mkdir(dirname(place), { recursive: true, mode: 0o700 });
  const unfinished = await mkdtemp(hiddenPrefixFor(place));
  try {
    const result = await fill(unfinished);
    signal.throwIfAborted();
    await renameUnlessTaken(unfinished, place);
    await syncFolder(dirname(place));
    return result;
  } finally {
    await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function renameUnlessTaken(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (thrown) {
    const code = errorCodeOf(thrown);
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw thrown;
  }
}

export function writeJson(path: string, value: unknown): Promise<void> {
  return writeFileAtomically(path, `${JSON.stringify(value, null, 2)}\n`);
}
