import * as z from 'zod';
import type { DisposableFolder } from '../../services/workspace/disposable-folder.ts';
import type { EmptyFolder } from '../../services/workspace/empty-folder.ts';
import type { CallScope } from '../define-tool.ts';

/** What a tool answers that has emptied a folder. */
export const resetFolderFields = {
  success: z.boolean().describe('Whether nothing is left but what was to be kept.'),
  deleted: z.array(z.string()).describe('Entries of the folder that are gone; the first 100.'),
  deleted_count: z.number().int().describe('How many these are.'),
  failed: z
    .array(z.object({ path: z.string().describe('From the folder on.'), error: z.string() }))
    .describe('What could not be deleted; the first 100.'),
  failed_count: z.number().int(),
  skipped: z.array(z.string()).describe('Entries of the folder that were kept.'),
  entries_deleted: z.number().int().describe('All files and folders that are gone, at every depth.'),
};

/** Empties a folder, says how far it is, and what became of it. */
export async function resetFolder(
  emptyFolder: EmptyFolder,
  folder: DisposableFolder,
  keep: readonly string[],
  { signal, report }: CallScope,
) {
  const onProgress = (entries: number) => report(`${entries} files and folders are deleted`);
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
