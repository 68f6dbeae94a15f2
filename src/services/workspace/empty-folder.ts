import { AppError } from '../../domain/app-error.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { deleteContents, type EmptiedFolder, type EmptyOptions } from './delete-contents.ts';
import type { DisposableFolder } from './disposable-folder.ts';
import { openFolder } from './open-folder.ts';

/**
 * Deletes what lies in a folder; the folder stays. Links are deleted, not followed; what is mounted in it is left, and told. Folders that their owner
 * may not write to are opened up. What cannot be deleted does not keep the rest. Twice is safe.
 * @throws AppError `conflict` when another folder has taken its place, `unavailable` when it cannot be read; the signal's reason when that is aborted, and
 * then part of it is gone
 */
export type EmptyFolder = (folder: DisposableFolder, options: EmptyOptions) => Promise<EmptiedFolder>;

export const emptyFolder: EmptyFolder = async (folder, options) => {
  const opened = await openFolder(Buffer.from(folder.path)).catch((cause) => {
    throw new AppError(
      'unavailable',
      `${folder.path} cannot be read (${errorCodeOf(cause)}), and nothing was deleted: let this user into it.`,
      {
        cause,
      },
    );
  });
  try {
    if (opened.identity !== folder.identity || (await opened.realPath()) !== folder.path)
      throw new AppError('conflict', `${folder.path} was exchanged for another folder: look at what lies there.`);
    return await deleteContents(opened, options);
  } finally {
    await opened.close();
  }
};
