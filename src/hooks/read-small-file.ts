import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** The text of a regular file, no link; null for everything else, what is larger, and what cannot be read. */
export function readSmallFile(path: string, maxBytes: number): string | null {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!fstatSync(fd).isFile()) return null;
      const bytes = Buffer.alloc(maxBytes + 1);
      const sizeBytes = readSync(fd, bytes);
      return sizeBytes > maxBytes ? null : bytes.toString('utf8', 0, sizeBytes);
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}
