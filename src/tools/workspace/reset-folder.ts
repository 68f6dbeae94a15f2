import * as z from 'zod';
import type { DisposableFolder } from '../../services/workspace/disposable-folder.ts';
import type { CallScope } from '../define-tool.ts';
import type { ToolServices } from '../tool-services.ts';

/** The result fields of a tool that empties a folder. */
export const resetFolderFields = {
  success: z.boolean().describe('Whether everything was deleted that was not to be kept.'),
  deleted: z.array(z.string()).describe('Deleted entries at the top level of the folder; the first 100.'),
  deleted_count: z.number().int().describe('Number of deleted top-level entries.'),
  failed: z
    .array(z.object({ path: z.string().describe('Path relative to the folder.'), error: z.string() }))
    .describe('What could not be deleted, and why; the first 100.'),
  failed_count: z.number().int().describe('Number of paths that could not be deleted.'),
  skipped: z.array(z.string()).describe('Top-level entries that were kept.'),
  entries_deleted: z.number().int().describe('Number of deleted files and folders at all levels.'),
};

/** Empties a folder and reports progress. @throws as `EmptyFolder` */
export async function resetFolder(
  emptyFolder: ToolServices['emptyFolder'],
  folder: DisposableFolder,
  keep: readonly string[],
  { signal, report }: CallScope,
) {
  const onProgress = (entries: number) => report(`${entries} files and folders deleted`);
  const { deleted, failed, skipped, entriesDeleted } = await emptyFolder(folder, { keep, signal, onProgress });
  return {
    success: failed.count === 0,
    deleted: [...deleted.first],
    deleted_count: deleted.count,
    failed: [...failed.first],
    failed_count: failed.count,
    skipped: [...skipped],
    entries_deleted: entriesDeleted,
  };
}
