import { closeSync, lstatSync, openSync, renameSync, unlinkSync } from 'node:fs';
import { errorCodeOf } from '../platform/error-code.ts';
import { unlessMissingSync } from '../platform/unless-missing.ts';

/** The holder of a lock this old died while it rotated. */
const lockStaleAfterMs = 10_000;

interface Rotation {
  readonly path: string;
  readonly keep: number;
  /** Of the file that is too large. */
  readonly inode: number;
}

/**
 * Renames `path` to `path.1`, `path.1` to `path.2` and so on. Does so under a lock, and only if `path` is still the file that is too large:
 * of several servers that see it full, one rotates. Does nothing while another server holds the lock.
 */
export function rotateLog({ path, keep, inode }: Rotation): void {
  const lock = `${path}.lock`;
  if (!takeLock(lock)) return;
  try {
    if (lstatSync(path, { throwIfNoEntry: false })?.ino !== inode) return;
    for (let number = oldestOf(path, keep); number > 0; number -= 1) {
      if (number < keep) renameSync(`${path}.${number}`, `${path}.${number + 1}`);
    }
    if (keep > 0) renameSync(path, `${path}.1`);
    else unlinkSync(path);
  } finally {
    unlessMissingSync(() => unlinkSync(lock));
  }
}

/** The number of the last file before the first gap. */
function oldestOf(path: string, keep: number): number {
  let number = 0;
  while (number < keep && lstatSync(`${path}.${number + 1}`, { throwIfNoEntry: false }) !== undefined) number += 1;
  return number;
}

function takeLock(lock: string): boolean {
  try {
    closeSync(openSync(lock, 'wx', 0o600));
    return true;
  } catch (thrown) {
    if (errorCodeOf(thrown) !== 'EEXIST') throw thrown;
    removeIfStale(lock);
    return false;
  }
}

function removeIfStale(lock: string): void {
  const madeAtMs = lstatSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
  if (Date.now() - madeAtMs > lockStaleAfterMs) unlessMissingSync(() => unlinkSync(lock));
}
