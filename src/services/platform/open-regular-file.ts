import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { AppError } from '../../domain/app-error.ts';
import { errorCodeOf } from './error-code.ts';
import { flawOf } from './read-regular-file.ts';

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

export interface OpenFile {
  /** To be closed by the caller. */
  readonly handle: FileHandle;
  /** As of when it was opened. */
  readonly stats: Stats;
}

/**
 * Opens a regular file. Does not follow a link at the path, and does not wait for the other end of a pipe.
 * @param flags how to open it, as for open(2); for reading by default
 * @returns null where the path is something other than a regular file
 * @throws Node's own errors: `ENOENT` where nothing has the name, `ELOOP` for a link
 */
export async function openRegularFile(path: string, flags: number = O_RDONLY): Promise<OpenFile | null> {
  const handle = await open(path, flags | O_NOFOLLOW | O_NONBLOCK, 0o600);
  const stats = await handle.stat().catch(async (thrown: unknown) => {
    await handle.close();
    throw thrown;
  });
  if (stats.isFile()) return { handle, stats };
  await handle.close();
  return null;
}

/**
 * Opens a file in a folder where everybody may write, for reading: only a regular file of our own user that nobody else may read or
 * write, with no second name, and not through a link.
 * @param ownUid null where the system has no user numbers
 * @returns null where nothing has the name
 * @throws AppError `forbidden`, naming the path, for everything else
 */
export async function openOwnFile(path: string, ownUid: number | null, maxBytes: number): Promise<OpenFile | null> {
  let file: OpenFile | null;
  try {
    file = await openRegularFile(path);
  } catch (thrown) {
    const errno = errorCodeOf(thrown);
    if (errno === 'ENOENT') return null;
    throw untrusted(path, errno === 'ELOOP' ? 'is a link' : `cannot be opened (${errno})`, thrown);
  }
  if (file === null) throw untrusted(path, 'is not a regular file');
  const flaw = flawOf(file.stats, ownUid, maxBytes) ?? (file.stats.nlink > 1 ? 'has a second name' : null);
  if (flaw === null) return file;
  await file.handle.close();
  throw untrusted(path, flaw);
}

const untrusted = (path: string, flaw: string, cause?: unknown) =>
  new AppError('forbidden', `${path} ${flaw}; it is left alone.`, { details: { path }, cause });
