import { readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';

/** As many links as Linux follows. */
const mostLinks = 40;

/** The path that a write would reach: links are followed, also to a target that does not exist yet. Never throws. */
export function realPathOf(path: string, links = 0): string {
  const existing = orNull(() => realpathSync.native(path));
  const dir = dirname(path);
  if (existing !== null || dir === path) return existing ?? path;
  const realDir = realPathOf(dir, links);
  const target = links < mostLinks ? orNull(() => readlinkSync(path)) : null;
  return target === null ? join(realDir, basename(path)) : realPathOf(resolve(realDir, target), links + 1);
}

/** Whether a path is the folder or is in it; both without links. */
export const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);

function orNull(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}
