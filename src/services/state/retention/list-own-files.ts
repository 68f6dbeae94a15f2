import { closeSync, constants, lstatSync, openSync, readdirSync } from 'node:fs';
import type { StoredFile } from '../../../domain/retention.ts';
import { errorCodeOf } from '../../platform/error-code.ts';
import type { Place } from './retention-places.ts';

export interface OwnFile extends StoredFile {
  /** Tells the file apart from a later one of the same name. */
  readonly inode: number;
}

/**
 * The regular files of our own user in a place, of those whose names are asked for; links are not followed. A folder that does
 * not exist is empty. Throws what the system throws.
 */
export function listOwnFiles(
  { dir, mayBeLink }: Place,
  ownUid: number | null,
  isAskedFor: (name: string) => boolean,
): OwnFile[] {
  if (!isThere(dir, mayBeLink)) return [];
  return readdirSync(dir)
    .filter(isAskedFor)
    .flatMap((name) => {
      const path = `${dir}/${name}`;
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (!stats?.isFile() || (ownUid !== null && stats.uid !== ownUid)) return [];
      return [{ path, name, sizeBytes: stats.size, modifiedAtMs: stats.mtimeMs, inode: stats.ino }];
    });
}

/** Opening tells a link from a folder; reading would follow it. */
function isThere(dir: string, mayBeLink: boolean): boolean {
  try {
    closeSync(openSync(dir, constants.O_RDONLY | constants.O_DIRECTORY | (mayBeLink ? 0 : constants.O_NOFOLLOW)));
    return true;
  } catch (thrown) {
    if (errorCodeOf(thrown) === 'ENOENT') return false;
    throw thrown;
  }
}
