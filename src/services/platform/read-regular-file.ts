import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';

/** The default is to open for reading. */
const { O_NONBLOCK, O_NOFOLLOW } = constants;

/** `refused` where others may have put a link at the path. */
type Links = 'followed' | 'refused';

/**
 * Reads a regular file that passes a check. Does not wait for the other end of a pipe.
 * @param links whether a link at the path is followed
 * @returns null for everything else
 * @throws Node's own errors: `ENOENT` where nothing has the name, `ELOOP` for a link that is refused
 */
export function readRegularFile(path: string, links: Links, isWanted: (stats: Stats) => boolean): Buffer | null {
  const fd = openSync(path, O_NONBLOCK | (links === 'refused' ? O_NOFOLLOW : 0));
  try {
    const stats = fstatSync(fd);
    return stats.isFile() && isWanted(stats) ? readFileSync(fd) : null;
  } finally {
    closeSync(fd);
  }
}

/** The text of a regular file of at most so many bytes; null for everything else. Never throws. */
export function readSmallFile(path: string, maxBytes: number, links: Links = 'followed'): string | null {
  try {
    return readRegularFile(path, links, ({ size }) => size <= maxBytes)?.toString() ?? null;
  } catch {
    return null;
  }
}

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
