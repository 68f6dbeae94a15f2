import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface FolderMeasure {
  /** The last change of anything in it. */
  readonly changedAtMs: number;
  readonly sizeBytes: number;
}

/** Reads everything in a folder, without following links. Blocks; throws Node's own errors. */
export function measureFolder(path: string): FolderMeasure {
  let changedAtMs = 0;
  let sizeBytes = 0;
  const waiting = [path];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const stats = lstatSync(next, { throwIfNoEntry: false });
    // It was deleted meanwhile.
    if (stats === undefined) continue;
    changedAtMs = Math.max(changedAtMs, stats.mtimeMs);
    if (stats.isDirectory()) for (const name of readdirSync(next)) waiting.push(join(next, name));
    else sizeBytes += stats.size;
  }
  return { changedAtMs, sizeBytes };
}
