import { AppError } from '../../domain/app-error.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { deleteContents, type EmptiedFolder, type EmptyOptions } from './delete-contents.ts';
import type { DisposableFolder } from './disposable-folder.ts';
import { openFolder } from './open-folder.ts';

/**
 * Deletes everything in a folder; the folder stays. Links are deleted, not followed; mount points are kept and reported. Read-only folders are
 * made writable. What cannot be deleted does not stop the rest. Twice is safe.
 * @throws AppError `conflict` if another folder has taken its place, `unavailable` if it cannot be read; the signal's reason if it is
 * aborted, and then part is deleted
 */
export type EmptyFolder = (folder: DisposableFolder, options: EmptyOptions) => Promise<EmptiedFolder>;

export const emptyFolder: EmptyFolder = async (folder, options) => {
  const opened = await openFolder(Buffer.from(folder.path)).catch((cause) => {
    const what = `${folder.path} cannot be read (${errorCodeOf(cause)}), and nothing was deleted`;
    throw new AppError('unavailable', `${what}: give this user access to it.`, { cause });
  });
  try {
    if (opened.identity === folder.identity && (await opened.realPath()) === folder.path)
      return await deleteContents(opened, options);
    const what = `${folder.path} was replaced by another folder, and nothing was deleted`;
    throw new AppError('conflict', `${what}: check what is there.`);
  } finally {
    await opened.close();
  }
};
