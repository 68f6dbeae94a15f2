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
