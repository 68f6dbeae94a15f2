import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../domain/app-error.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import { type JsonObject, parseJsonObject } from '../../domain/json-object.ts';
import { writeFileAtomically } from './files.ts';
import { type FolderLockOptions, withFolderLock } from './folder-lock.ts';
import { openRegularFile } from './open-regular-file.ts';
import { type Line, readLines } from './read-lines.ts';
import { syncFolder } from './sync-folder.ts';
import { unlessMissing } from './unless-missing.ts';

/** A file of JSON objects, one a line, that several processes change under the lock `<path>.lock`. */
export interface JsonlFile {
  /**
   * Does the work while no other process changes the file.
   * @throws AppError `unavailable`, naming the lock, if others hold it for too long; the signal's reason while it waits and within
   * one chunk (64 KiB) of a change; Node's own errors where the disk refuses
   */
  withLock<Result>(signal: AbortSignal, work: (file: LockedJsonlFile) => Promise<Result>): Promise<Result>;
}

export interface LockedJsonlFile {
  /**
   * Appends an object and syncs it, unless an object in the file has the same text under this key. Creates the file.
   * @throws AppError `unavailable`, naming the path, where that is not a regular file
   */
  appendOnce<Key extends string>(object: JsonObject & Readonly<Record<Key, string>>, key: Key): Promise<void>;
  /**
   * Removes the objects that are not kept. The file is replaced as a whole; lines that are not JSON objects stay, byte by byte. What
   * stays is held in memory meanwhile. A file that does not exist is empty.
   */
  keepOnly(isKept: (object: JsonObject) => boolean): Promise<void>;
}

const { O_RDWR, O_CREAT, O_APPEND } = constants;
const maxLineBytes = 1024 * 1024;
const newline = Buffer.from('\n');

export function openJsonlFile(path: string, lock: Omit<FolderLockOptions, 'lock'>): JsonlFile {
  return {
    withLock: (signal, work) =>
      withFolderLock({ ...lock, lock: `${path}.lock` }, signal, () =>
        work({
          appendOnce: (object, key) => appendOnce(path, object, key, signal),
          keepOnly: (isKept) => keepOnly(path, isKept, signal),
        }),
      ),
  };
}

async function appendOnce<Key extends string>(
  path: string,
  object: JsonObject & Readonly<Record<Key, string>>,
  key: Key,
  signal: AbortSignal,
): Promise<void> {
  const file = await openRegularFile(path, O_RDWR | O_CREAT | O_APPEND);
  if (file === null)
    throw new AppError('unavailable', `${path} is not a regular file; move it away.`, { details: { path } });
  const { handle, stats } = file;
  try {
    if (!(await hasText(handle, key, object[key], signal))) {
      // A process that was killed may have left a line without its end.
      const separator = (await endsWithNewline(handle, stats.size)) ? '' : '\n';
      await handle.appendFile(`${separator}${encodeJson(object)}\n`);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  await syncFolder(dirname(path));
}

async function hasText(file: FileHandle, key: string, text: string, signal: AbortSignal): Promise<boolean> {
  const has = (line: Line) => line?.includes(text) && parseJsonObject(line.toString())?.[key] === text;
  for await (const lines of readLines(file, maxLineBytes, signal)) if (lines.some(has)) return true;
  return false;
}

async function endsWithNewline(file: FileHandle, sizeBytes: number): Promise<boolean> {
  if (sizeBytes === 0) return true;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, sizeBytes - 1);
  return buffer.equals(newline);
}

async function keepOnly(path: string, isKept: (object: JsonObject) => boolean, signal: AbortSignal): Promise<void> {
  const file = await unlessMissing(openRegularFile(path));
  if (file === null) return;
  const kept: Buffer[] = [];
  let hasDropped = false;
  try {
    for await (const lines of readLines(file.handle, Number.POSITIVE_INFINITY, signal)) {
      for (const line of lines) {
        const object = line === null ? null : parseJsonObject(line.toString());
        if (line !== null && (object === null || isKept(object))) kept.push(line, newline);
        else hasDropped = true;
      }
    }
  } finally {
    await file.handle.close();
  }
  if (hasDropped) await writeFileAtomically(path, Buffer.concat(kept));
}
