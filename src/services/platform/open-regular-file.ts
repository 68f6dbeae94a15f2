import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

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
