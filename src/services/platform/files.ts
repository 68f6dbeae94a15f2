import { renameSync, writeFileSync } from 'node:fs';
import { chmod, link, lstat, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { cannotWrite } from './cannot-write.ts';
import { falseIfTaken } from './error-code.ts';
import { makeFolderSync } from './make-folder.ts';
import { realPathOf } from './real-path.ts';
import { removeQuietly } from './remove-quietly.ts';
import { syncFolder, syncFolderNow } from './sync-folder.ts';
import { unlessMissing } from './unless-missing.ts';

const fileMode = 0o600;
const permissions = 0o777;

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
    makeFolderSync(dirname(path));
    await writeFile(temporary, data, { flag: 'wx', mode, flush: true });
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
    makeFolderSync(dirname(path));
    await writeFile(temporary, data, { flag: 'wx', mode: fileMode, flush: true });
    const isMade = await link(temporary, path).then(() => true, falseIfTaken);
    await syncFolder(dirname(path));
    return isMade;
  } catch (error) {
    throw cannotWrite(path, error);
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/**
 * Replaces a person's file: as `writeFileAtomically`, but follows links, since people link their dotfiles, and keeps the permissions of an
 * existing file.
 * @param newMode permissions of a file that does not exist yet
 * @throws AppError `unavailable`, naming the path; the old file is unchanged
 */
export async function replaceFile(path: string, data: string, newMode = fileMode): Promise<void> {
  const target = realPathOf(path);
  const old = await stat(target).catch(() => null);
  await writeFileAtomically(target, data, old === null ? newMode : fileMode);
  if (old !== null && (old.mode & permissions) !== fileMode) await chmod(target, old.mode & permissions);
}

/** `writeFileAtomically`, blocking: for the end of a process, when the event loop no longer turns. */
export function writeFileAtomicallySync(path: string, data: string | Uint8Array, mode = fileMode): void {
  const temporary = temporaryBeside(path);
  try {
    makeFolderSync(dirname(path));
    writeFileSync(temporary, data, { flag: 'wx', mode, flush: true });
    renameSync(temporary, path);
    syncFolderNow(dirname(path));
  } catch (error) {
    removeQuietly(temporary);
    throw cannotWrite(path, error);
  }
}

/** A hidden name that no other writer uses. If one does, `wx` fails. */
function temporaryBeside(path: string): string {
  const unique = `${process.pid}-${Math.random().toString(36).slice(2)}`;
  return join(dirname(path), `.${basename(path)}.${unique}.tmp`);
}
