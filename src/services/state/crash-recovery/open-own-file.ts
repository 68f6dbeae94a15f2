import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { AppError } from '../../../domain/app-error.ts';
import { errorCodeOf } from '../../platform/error-code.ts';

export interface OwnFile {
  readonly handle: FileHandle;
  readonly mtimeMs: number;
}

/**
 * Opens a file for reading only if it is a regular file of our own user that nobody else may read or write, no link of either
 * kind, and not too large: everybody may put files into the tmpfs folder. Never waits for a pipe's other end.
 * @returns null where nothing has the name
 * @throws AppError `forbidden`, naming the path, for everything else
 */
export async function openOwnFile(path: string, ownUid: number | null, maxBytes: number): Promise<OwnFile | null> {
  const handle = await openIfThere(path);
  if (handle === null) return null;
  try {
    const stats = await handle.stat();
    const flaw = flawOf(stats, ownUid, maxBytes);
    if (flaw !== null) throw leftAlone(path, flaw);
    return { handle, mtimeMs: stats.mtimeMs };
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
}

function flawOf(stats: Stats, ownUid: number | null, maxBytes: number): string | null {
  if (!stats.isFile()) return 'is not a regular file';
  if (ownUid !== null && stats.uid !== ownUid) return 'belongs to another user';
  if ((stats.mode & 0o077) !== 0) return 'is open to other users';
  if (stats.nlink > 1) return 'has a second name';
  return stats.size > maxBytes ? `is larger than ${maxBytes} bytes` : null;
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (thrown) {
    const code = errorCodeOf(thrown);
    if (code === 'ENOENT') return null;
    throw leftAlone(path, code === 'ELOOP' ? 'is a link' : `cannot be opened (${code})`, thrown);
  }
}

function leftAlone(path: string, flaw: string, cause?: unknown): AppError {
  return new AppError('forbidden', `${path} ${flaw}; it is left alone.`, { details: { path }, cause });
}
