import { closeSync, constants, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';

/** A file that is not empty has so much room, also on a full disk. */
const blockBytes = 4_096;

/**
 * Writes a short text over a file that exists, where there is no room for another file. Not atomic. Follows no link.
 * @returns whether it could; if not, the file is as it was
 */
export function overwriteFirstBlock(path: string, text: string): boolean {
  const bytes = Buffer.from(text);
  if (bytes.length > blockBytes) return false;
  try {
    const fd = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stats = fstatSync(fd);
      if (!stats.isFile() || stats.nlink !== 1 || stats.size === 0) return false;
      if (writeSync(fd, bytes, 0, bytes.length, 0) !== bytes.length) return false;
      ftruncateSync(fd, bytes.length);
      return true;
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
}
