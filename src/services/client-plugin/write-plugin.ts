import { writeFileAtomically } from '../platform/files.ts';
import { readSmallFile } from '../platform/read-regular-file.ts';
import type { PluginFile } from './plan-plugin.ts';

const maxBytes = 1_048_576;

/**
 * Puts each file in place that is missing or differs, atomically, with mode 0600. Twice is safe, also at the same time.
 * @returns the files that were written
 * @throws AppError `unavailable`, naming the file that cannot be written; those before it are in place
 */
export async function writePlugin(files: readonly PluginFile[]): Promise<readonly PluginFile[]> {
  const stale = files.filter(({ path, text }) => readSmallFile(path, maxBytes) !== text);
  for (const { path, text } of stale) await writeFileAtomically(path, text);
  return stale;
}
