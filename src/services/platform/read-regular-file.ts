import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';

/** Without a flag that says more, a file is opened for reading. */
const { O_NONBLOCK, O_NOFOLLOW } = constants;

/**
 * Reads a regular file, if it is as it must be. Never waits for a pipe's other end.
 * @param links whether one at the path is followed; `refused` where others may have put it there
 * @returns null for everything else
 * @throws Node's own errors: `ENOENT` where nothing has the name, `ELOOP` for a link that is refused
 */
export function readRegularFile(
  path: string,
  links: 'followed' | 'refused',
  isWanted: (stats: Stats) => boolean,
): Buffer | null {
  const fd = openSync(path, O_NONBLOCK | (links === 'refused' ? O_NOFOLLOW : 0));
  try {
    const stats = fstatSync(fd);
    return stats.isFile() && isWanted(stats) ? readFileSync(fd) : null;
  } finally {
    closeSync(fd);
  }
}
