import { lstatSync, unlinkSync } from 'node:fs';
import type { Expiry } from '../../../domain/retention.ts';
import { errorCodeOf } from '../../platform/error-code.ts';
import type { OwnFile } from './list-own-files.ts';
import type { RetentionPlan } from './plan-retention.ts';

/** What is in neither list was gone already, or has been written since it was planned and stays. */
export interface RetentionOutcome {
  readonly removed: readonly Expiry<OwnFile>[];
  readonly failed: readonly { readonly path: string; readonly errno: string }[];
}

export function carryOutRetention({ items }: RetentionPlan): RetentionOutcome {
  const failed: { path: string; errno: string }[] = [];
  const removed = items.filter(({ file }) => {
    try {
      return removeUnchanged(file);
    } catch (thrown) {
      const errno = errorCodeOf(thrown);
      // Another one was first.
      if (errno !== 'ENOENT') failed.push({ path: file.path, errno });
      return false;
    }
  });
  return { removed, failed };
}

function removeUnchanged({ path, inode, modifiedAtMs }: OwnFile): boolean {
  const stats = lstatSync(path);
  if (stats.ino !== inode || stats.mtimeMs !== modifiedAtMs) return false;
  unlinkSync(path);
  return true;
}
