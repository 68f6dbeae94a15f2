import { lstatSync, unlinkSync } from 'node:fs';
import type { Expiry } from '../../../domain/retention.ts';
import { errorCodeOf } from '../../platform/error-code.ts';
import { type ListedFile, planRetention, type RetentionOptions, type RetentionPlan } from './plan-retention.ts';

/**
 * Bounds what maitred keeps, by the rules in `domain/retention.ts`. Touches only regular files of our own user with names that maitred
 * gives: links, folders, pipes and foreign files stay, and a folder below the state folder that is a link is not listed. Blocking and
 * brief: lists each folder once and reads the attributes of each of our files once.
 */
export interface Retention {
  /**
   * Lists what has expired. Writes nothing and throws nothing: a folder that does not exist is empty, one that cannot be read is named
   * in `unreadable`, and the others are listed. While it is unknown which servers live, command output stays.
   */
  plan(): RetentionPlan;
  /**
   * Removes what was planned, except files that were written to since. Throws nothing: what cannot be removed is named in `failed`, and
   * the rest is removed. Twice is safe, also from several servers at once: only the first that removes a file counts it.
   */
  carryOut(plan: RetentionPlan): RetentionOutcome;
}

/** A planned file in neither list was gone already, or was written to since and stays. */
export interface RetentionOutcome {
  readonly removed: readonly Expiry<ListedFile>[];
  readonly failed: readonly { readonly path: string; readonly errno: string }[];
}

export function createRetention(options: RetentionOptions): Retention {
  return { plan: () => planRetention(options), carryOut };
}

function carryOut({ items }: RetentionPlan): RetentionOutcome {
  const failed: { path: string; errno: string }[] = [];
  const removed = items.filter(({ file }) => {
    try {
      return removeUnchanged(file);
    } catch (thrown) {
      const errno = errorCodeOf(thrown);
      // ENOENT: another server was first.
      if (errno !== 'ENOENT') failed.push({ path: file.path, errno });
      return false;
    }
  });
  return { removed, failed };
}

function removeUnchanged({ path, inode, modifiedAtMs }: ListedFile): boolean {
  const stats = lstatSync(path);
  if (stats.ino !== inode || stats.mtimeMs !== modifiedAtMs) return false;
  unlinkSync(path);
  return true;
}
