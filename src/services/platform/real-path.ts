import { realpathSync } from 'node:fs';
import { sep } from 'node:path';

/** A path without links; as it is where nothing is yet. */
export function realPathOf(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

/** Whether a path is a folder or lies in it; both without links. */
export const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
