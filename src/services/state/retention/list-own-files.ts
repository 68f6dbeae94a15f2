import { closeSync, constants, lstatSync, openSync } from 'node:fs';
import type { StoredFile } from '../../../domain/retention.ts';
import { namesIn, unlessMissingSync } from '../../platform/unless-missing.ts';

export interface ListedFile extends StoredFile {
  /** Tells the file apart from a later one of the same name. */
  readonly inode: number;
}

/**
 * Lists the regular files of our own user in a folder whose names are asked for; links are not followed. A folder that does not exist
 * is empty. Throws what the system throws.
 */
export function listOwnFiles(
  { dir, mayBeLink }: { readonly dir: string; readonly mayBeLink: boolean },
  ownUid: number | null,
  isAskedFor: (name: string) => boolean,
): ListedFile[] {
  // Opening tells a link from a folder; listing would follow it.
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | (mayBeLink ? 0 : constants.O_NOFOLLOW);
  const folder = unlessMissingSync(() => openSync(dir, flags));
  if (folder === null) return [];
  closeSync(folder);
  return namesIn(dir)
    .filter(isAskedFor)
    .flatMap((name) => {
      const path = `${dir}/${name}`;
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (!stats?.isFile() || (ownUid !== null && stats.uid !== ownUid)) return [];
      return [{ path, name, sizeBytes: stats.size, modifiedAtMs: stats.mtimeMs, inode: stats.ino }];
    });
}
