import { readRegularFile } from './read-regular-file.ts';

/** The text of a regular file of at most so many bytes; null for everything else. Never throws. */
export function readSmallFile(
  path: string,
  maxBytes: number,
  links: 'followed' | 'refused' = 'followed',
): string | null {
  try {
    return readRegularFile(path, links, ({ size }) => size <= maxBytes)?.toString() ?? null;
  } catch {
    return null;
  }
}
