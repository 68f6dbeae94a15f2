import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { errorCodeOf } from '../platform/error-code.ts';
import type { Pace } from '../platform/pace.ts';
import type { WatchedFolder } from './watched-folders.ts';

/** A file or a link, so that it can be seen whether it has changed. */
export interface EntryStamp {
  readonly isLink: boolean;
  /** As a number: half a microsecond is exact enough, and a big integer takes a fifth longer. */
  readonly ctimeMs: number;
  readonly size: number;
  readonly ino: number;
}

/** The files and links below a folder, by their paths relative to it. */
export interface FolderSnapshot {
  readonly stamps: ReadonlyMap<string, EntryStamp>;
  /** The last change of all of them; 0 without any. */
  readonly changedAtMs: number;
  /** Folders that cannot be read, as their paths relative to it, with the name of the error. */
  readonly unreadable: ReadonlyMap<string, string>;
}

/** Of no interest to whoever reads a scenario, and large. */
const excludedNames: ReadonlySet<string> = new Set(['.git', 'node_modules']);

/**
 * Looks at everything below a folder, without following links, in small steps between which other work runs. A folder that does not exist is empty.
 * @param excluded paths of folders, without links
 * @returns null where there are more entries than the limit
 */
export async function takeFolderSnapshot(
  { realPath }: WatchedFolder,
  excluded: ReadonlySet<string>,
  mostEntries: number,
  pace: Pace,
): Promise<FolderSnapshot | null> {
  const stamps = new Map<string, EntryStamp>();
  const unreadable = new Map<string, string>();
  let changedAtMs = 0;
  let entries = 0;
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of readFolder(realPath, folder, unreadable)) {
      if (excludedNames.has(entry.name)) continue;
      entries += 1;
      if (entries > mostEntries) return null;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!excluded.has(`${realPath}/${path}`)) folders.push(path);
      } else if (entry.isFile() || entry.isSymbolicLink()) {
        const stamp = stampOf(`${realPath}/${path}`);
        if (stamp !== null) {
          stamps.set(path, stamp);
          changedAtMs = Math.max(changedAtMs, stamp.ctimeMs);
        }
      }
      if (pace.isDue) await pace.yieldOnce();
    }
    if (pace.isDue) await pace.yieldOnce();
  }
  return { stamps, changedAtMs, unreadable };
}

export const isSameEntry = (one: EntryStamp, other: EntryStamp): boolean =>
  one.ctimeMs === other.ctimeMs && one.size === other.size && one.ino === other.ino && one.isLink === other.isLink;

function readFolder(root: string, folder: string, unreadable: Map<string, string>): readonly Dirent[] {
  try {
    return readdirSync(folder === '' ? root : `${root}/${folder}`, { withFileTypes: true });
  } catch (thrown) {
    const errno = errorCodeOf(thrown);
    if (!isGone(errno)) unreadable.set(folder, errno);
    return [];
  }
}

/** null: it is gone, or it is something else by now. */
function stampOf(path: string): EntryStamp | null {
  try {
    const stats = lstatSync(path);
    if (!stats.isFile() && !stats.isSymbolicLink()) return null;
    return { isLink: stats.isSymbolicLink(), ctimeMs: stats.ctimeMs, size: stats.size, ino: stats.ino };
  } catch {
    return null;
  }
}

export const isGone = (errno: string): boolean => errno === 'ENOENT' || errno === 'ENOTDIR';
