import { readRegularFile } from './read-regular-file.ts';

const othersBits = 0o077;

/**
 * Reads what the program has kept in the state folder, which may lie in a place where others can write: only a regular file of
 * the own user, closed to everybody else and not reached by a link.
 * @param ownUid null or undefined where the system has no user numbers
 * @returns null for everything else, and for what is larger
 * @throws Node's own errors: `ENOENT` where nothing has the name
 */
export function readOwnFile(path: string, ownUid: number | null | undefined, maxBytes = Infinity): Buffer | null {
  return readRegularFile(
    path,
    'refused',
    ({ mode, uid, size }) => (mode & othersBits) === 0 && uid === (ownUid ?? uid) && size <= maxBytes,
  );
}
