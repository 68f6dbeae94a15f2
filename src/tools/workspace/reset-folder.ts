import * as z from 'zod';
import type { CallScope } from '../define-tool.ts';
import { fillPage, restFields } from '../page.ts';
import type { ToolServices } from '../tool-services.ts';

/** The result fields of a tool that empties a folder. */
export const resetFolderFields = () => ({
  success: z.boolean().describe('Whether everything was deleted that was not to be kept.'),
  deleted: z.array(z.string()).describe('Deleted entries at the top level of the folder; the first 100 at most.'),
  deleted_count: z.number().int().describe('Number of deleted top-level entries.'),
  failed: z
    .array(z.object({ path: z.string().describe('Path relative to the folder.'), error: z.string() }))
    .describe('What could not be deleted, and why; the first 100 at most.'),
  failed_count: z.number().int().describe('Number of paths that could not be deleted.'),
  skipped: z.array(z.string()).describe('Top-level entries that were kept.'),
  entries_deleted: z.number().int().describe('Number of deleted files and folders at all levels.'),
  left_out: restFields().left_out,
});

/**
 * Empties a marked folder and reports progress.
 * @param keep names of entries that stay
 * @throws as `Workspace.disposableFolder` and `EmptyFolder`
 */
export async function resetFolder(
  path: string,
  keep: readonly string[],
  { emptyFolder, workspace }: Pick<ToolServices, 'emptyFolder' | 'workspace'>,
  { signal, report }: CallScope,
) {
  const folder = await workspace.disposableFolder(path, 'test_dir', { keep, signal });
  const onProgress = (entries: number) => report(`${entries} files and folders deleted`);
  const { deleted, failed, skipped, entriesDeleted } = await emptyFolder(folder, { keep, signal, onProgress });
  const length = Math.max(deleted.first.length, failed.first.length, skipped.length);
  return fillPage({ limit: length, offset: 0, length, noun: 'name' }, ({ of, nextOffset }) => ({
    success: failed.count === 0,
    deleted: of(deleted.first),
    deleted_count: deleted.count,
    failed: of(failed.first),
    failed_count: failed.count,
    skipped: of(skipped),
    entries_deleted: entriesDeleted,
    left_out:
      nextOffset === null && deleted.count === deleted.first.length && failed.count === failed.first.length
        ? null
        : 'Not every name is listed; the counts are exact. What is left in the folder can be listed with run_cmd.',
  }));
}
