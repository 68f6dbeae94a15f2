import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  constants as systemConstants,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, link, lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../domain/app-error.ts';
import { errorCodeOf } from './error-code.ts';

const { O_RDONLY, O_DIRECTORY } = systemConstants;
const folderMode = 0o700;

/**
 * Puts a file in place as a whole: whoever opens `path` sees what was there before or all of `data`, also after a crash
 * or a power cut. The data is written to a new file in the same folder, synced, and renamed; the folder is synced last.
 * Missing folders are made with mode 0700. A link at `path` is replaced, not followed.
 * @param mode permissions of the file, less what the umask takes away
 * @throws AppError `unavailable`, naming the path; the old file is as it was and nothing of the new one is left
 *
 * Cannot be cancelled. Writers at the same time do not mix: the last to rename wins. Twice is safe.
 */
export async function writeFileAtomically(path: string, data: string | Uint8Array, mode = 0o600): Promise<void> {
  const temporary = temporaryBeside(path);
  try {
    await writeNewFile(temporary, data, mode);
    await rename(temporary, path);
    await syncFolderOf(path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw cannotWrite(path, error);
  }
}

/**
 * As `writeFileAtomically`, but what has the name already stays: of several that create a file at once, one wins.
 * @returns whether this call has made it
 */
export async function createFileAtomically(path: string, data: string | Uint8Array, mode = 0o600): Promise<boolean> {
  const temporary = temporaryBeside(path);
  try {
    if (await isTaken(path)) return false;
    await writeNewFile(temporary, data, mode);
    const isMade = await link(temporary, path).then(() => true, falseWhereTaken);
    await syncFolderOf(path);
    return isMade;
  } catch (error) {
    throw cannotWrite(path, error);
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** The same, blocking: for the moments when the event loop does not turn again. */
export function writeFileAtomicallySync(path: string, data: string | Uint8Array, mode = 0o600): void {
  const temporary = temporaryBeside(path);
  try {
    makeFolderSync(dirname(path));
    useAndCloseSync(openSync(temporary, 'wx', mode), (file) => {
      writeFileSync(file, data);
      fsyncSync(file);
    });
    renameSync(temporary, path);
    useAndCloseSync(openSync(dirname(path), O_RDONLY | O_DIRECTORY), (folder) => {
      try {
        fsyncSync(folder);
      } catch (error) {
        passOverFoldersThatCannotSync(error);
      }
    });
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
  await makeFolder(dirname(path));
  await useAndClose(await open(path, 'wx', mode), async (file) => {
    await file.writeFile(data);
    await file.sync();
  });
}

/**
 * Makes a folder with those above it, unless the name is taken. The recursion of Node's own mkdir takes a read-only disk for a folder that
 * is missing. Throws Node's own errors.
 */
export async function makeFolder(path: string): Promise<void> {
  const make = () => mkdir(path, { mode: folderMode }).catch(falseWhereTaken);
  try {
    await make();
  } catch (error) {
    if (errorCodeOf(error) !== 'ENOENT' || path === dirname(path)) throw error;
    await makeFolder(dirname(path));
    await make();
  }
}

/** The same, blocking. */
export function makeFolderSync(path: string, mode = folderMode): void {
  try {
    makeOneFolderSync(path, mode);
  } catch (error) {
    if (errorCodeOf(error) !== 'ENOENT' || path === dirname(path)) throw error;
    makeFolderSync(dirname(path), mode);
    makeOneFolderSync(path, mode);
  }
}

function makeOneFolderSync(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    falseWhereTaken(error);
  }
}

async function syncFolderOf(path: string): Promise<void> {
  await useAndClose(await open(dirname(path), O_RDONLY | O_DIRECTORY), (folder) =>
    folder.sync().catch(passOverFoldersThatCannotSync),
  );
}

async function isTaken(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

function falseWhereTaken(error: unknown): false {
  if (errorCodeOf(error) === 'EEXIST') return false;
  throw error;
}

async function useAndClose(handle: FileHandle, use: (handle: FileHandle) => Promise<void>): Promise<void> {
  try {
    await use(handle);
  } finally {
    await handle.close();
  }
}

function useAndCloseSync(descriptor: number, use: (descriptor: number) => void): void {
  try {
    use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // What matters is why the file could not be written.
  }
}

/** Some file systems refuse to sync a folder; there the rename is as lasting as it can be. */
function passOverFoldersThatCannotSync(error: unknown): void {
  const code = errorCodeOf(error);
  if (code !== 'EINVAL' && code !== 'ENOTSUP') throw error;
}

/** What a failed write is to a caller: the path, the system's name for the cause, and the mend. */
export function cannotWrite(path: string, cause: unknown): AppError {
  const code = errorCodeOf(cause);
  const mend = mends[code] ?? 'see that its folder is there and this user may write to it';
  return new AppError('unavailable', `${path} cannot be written (${code}); ${mend}.`, {
    details: { path, errno: code },
    cause,
  });
}

const mends: Readonly<Record<string, string>> = {
  ENOSPC: 'make room on the disk',
  EDQUOT: 'make room in the quota of this user',
  EFBIG: 'raise the limit on the size of files (ulimit -f)',
  EROFS: 'choose a place that is not mounted read-only',
  EEXIST: 'a file stands where a folder must be, move that away',
  EISDIR: 'a folder has its name, move that away',
  ENOTDIR: 'a file stands where a folder must be, move that away',
};
