import { readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** As many links as Linux follows. */
const mostLinks = 40;

/** Where a write to an absolute path would land: links are followed, also to what does not exist yet. */
export function realPathOf(path: string, links = 0): string {
  const existing = orNull(() => realpathSync(path));
  const dir = dirname(path);
  if (existing !== null || dir === path) return existing ?? path;
  const realDir = realPathOf(dir, links);
  const target = links < mostLinks ? orNull(() => readlinkSync(path)) : null;
  return target === null ? join(realDir, basename(path)) : realPathOf(resolve(realDir, target), links + 1);
}

function orNull(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}
