import { chmodSync, constants, copyFileSync, rmSync } from 'node:fs';
import { errorCodeOf } from '../platform/error-code.ts';
import { type DatabaseFiles, inspectDatabaseFiles } from './database-files.ts';
import { DatabaseError } from './database-problem.ts';

const largestCopyBytes = 2 * 1_024 ** 3;
/** Before each attempt: a program that writes in short steps pauses between them. */
const pausesMs = [0, 50, 100, 200, 400];

export interface CopyOptions {
  /** Whether the engine that opens the copy rolls back an unfinished change from its journal. */
  readonly canUndo: boolean;
  readonly copyFile?: (from: string, to: string, mode: number) => void;
}

/**
 * Copies a database with its journal into a folder, so that the copy holds one state of it. Takes no locks: the database is copied before
 * its journal, which can undo or redo unfinished writes, and a copy is discarded if the journal restarted meanwhile.
 * @returns the path of the copy
 * @throws DatabaseError `beingWritten`, `tooLargeToCopy`, `unreadable`, `noCopy`
 */
export function copyDatabase(path: string, dir: string, { canUndo, copyFile = copyFileSync }: CopyOptions): string {
  const copy = `${dir}/copy.db`;
  for (const pauseMs of pausesMs) {
    wait(pauseMs);
    const before = inspectDatabaseFiles(path);
    if (before.sizeBytes > largestCopyBytes) throw new DatabaseError('tooLargeToCopy');
    if (before.hasJournal && !canUndo) continue;
    for (const part of ['', '-wal', '-journal']) copyPart(`${path}${part}`, `${copy}${part}`, copyFile);
    if (isSameState(before, inspectDatabaseFiles(path))) return copy;
  }
  throw new DatabaseError('beingWritten');
}

/** Blocks the thread: this process does nothing else. */
function wait(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Pages that move from the write-ahead log into the database meanwhile are in both. Frames added to its end are missing or complete. */
function isSameState(before: DatabaseFiles, after: DatabaseFiles): boolean {
  const hasLog = before.isWal && after.isWal && before.walHeader !== null;
  return hasLog ? before.walHeader === after.walHeader : before.stamp === after.stamp;
}

function copyPart(from: string, to: string, copyFile: NonNullable<CopyOptions['copyFile']>): void {
  rmSync(to, { force: true });
  try {
    copyFile(from, to, constants.COPYFILE_FICLONE);
    chmodSync(to, 0o600);
  } catch (thrown) {
    const errno = errorCodeOf(thrown);
    // The journal does not exist, or was just removed: the comparison afterwards detects that.
    if (errno === 'ENOENT') return;
    throw new DatabaseError(errno === 'EACCES' || errno === 'EISDIR' ? 'unreadable' : 'noCopy', errno);
  }
}
