import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

const othersBits = 0o077;

/**
 * Reads what the program has kept in the state folder, which may lie in a place where others can write: only a regular file of
 * the own user, closed to everybody else and not reached by a link.
 * @param ownUid undefined where the system has no user numbers
 * @returns undefined for everything else, and for what is not there
 */
export function readOwnFile(path: string, ownUid: number | undefined): Buffer | undefined {
  let fd: number | null = null;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const { mode, uid } = fstatSync(fd);
    const isFile = (mode & constants.S_IFMT) === constants.S_IFREG;
    return isFile && (mode & othersBits) === 0 && uid === (ownUid ?? uid) ? readFileSync(fd) : undefined;
  } catch {
    // What cannot be read is made anew.
    return undefined;
  } finally {
    if (fd !== null) closeSync(fd);
  }
}
