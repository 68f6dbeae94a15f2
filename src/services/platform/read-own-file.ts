import type { Stats } from 'node:fs';
import { readRegularFile } from './read-regular-file.ts';

const othersBits = 0o077;

/**
 * Reads a file that maitred wrote into a folder where others may be able to write: only a regular file of our own user that nobody
 * else may read or write, and not through a link.
 * @param ownUid null or undefined where the system has no user numbers
 * @returns null for everything else, and for a file over `maxBytes`
 * @throws Node's own errors: `ENOENT` where nothing has the name
 */
export function readOwnFile(path: string, ownUid: number | null | undefined, maxBytes = Infinity): Buffer | null {
  return readRegularFile(path, 'refused', (stats) => flawOf(stats, ownUid, maxBytes) === null);
}

/** Why a regular file is not to be trusted, as the end of a sentence; null where it is. */
export function flawOf(
  { mode, uid, size }: Pick<Stats, 'mode' | 'uid' | 'size'>,
  ownUid: number | null | undefined,
  maxBytes: number,
): string | null {
  if (uid !== (ownUid ?? uid)) return 'belongs to another user';
  if ((mode & othersBits) !== 0) return 'is open to other users';
  return size > maxBytes ? `is larger than ${maxBytes} bytes` : null;
}
