import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { link, lstat, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { cannotWrite } from './cannot-write.ts';
import { falseIfTaken } from './error-code.ts';
import { makeFolderSync } from './make-folder.ts';
import { removeQuietly } from './remove-quietly.ts';
import { syncFolder, syncFolderNow } from './sync-folder.ts';
import { unlessMissing } from './unless-missing.ts';

const fileMode = 0o600;

/**
 * Writes a file as a whole: a reader of `path` sees the old file or all of `data`, also after a crash or a power cut. The data is written to a
 * new file in the same folder, synced, and renamed; the folder is synced last. Missing folders are made with mode 0700. A link at `path` is
 * replaced, not followed.
 * @param mode permissions of the file, less what the umask takes away
 * @throws AppError `unavailable`, naming the path; the old file is unchanged and no temporary file stays
 *
 * Cannot be cancelled. Several writers at once do not mix: the last to rename wins. Twice is safe.
 */
export async function writeFileAtomically(path: string, data: string | Uint8Array, mode = fileMode): Promise<void> {
  const temporary = temporaryBeside(path);
  try {
    await writeNewFile(temporary, data, mode);
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw cannotWrite(path, error);
  }
}

/**
 * As `writeFileAtomically`, but never replaces: a file that has the name stays, and of several writers at once, one wins.
 * @returns whether this call created the file
 */
export async function createFileAtomically(path: string, data: string | Uint8Array): Promise<boolean> {
  const temporary = temporaryBeside(path);
  try {
    if ((await unlessMissing(lstat(path))) !== null) return false;
    await writeNewFile(temporary, data, fileMode);
    const isMade = await link(temporary, path).then(() => true, falseIfTaken);
    await syncFolder(dirname(path));
    return isMade;
  } catch (error) {
    throw cannotWrite(path, error);
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** `writeFileAtomically`, blocking: for the end of a process, when the event loop no longer turns. */
export function writeFileAtomicallySync(path: string, data: string | Uint8Array, mode = fileMode): void {
  const temporary = temporaryBeside(path);
  try {
    writeNewFileSync(temporary, data, mode);
    renameSync(temporary, path);
    syncFolderNow(dirname(path));
  } catch (error) {
    removeQuietly(temporary);
    throw cannotWrite(path, error);
  }
}

/** A hidden name that no other writer uses; `wx` refuses the case that one does. */
function temporaryBeside(path: string): string {
  const unique = `${process.pid}-${Math.random().toString(36).slice(2)}`;
  return join(dirname(path), `.${basename(path)}.${unique}.tmp`);
}

async function writeNewFile(path: string, data: string | Uint8Array, mode: number): Promise<void> {
  makeFolderSync(dirname(path));
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
}

function writeNewFileSync(path: string, data: string | Uint8Array, mode: number): void {
  makeFolderSync(dirname(path));
  const fd = openSync(path, 'wx', mode);
  try {
    writeFileSync(fd, data);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
