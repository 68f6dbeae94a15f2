import { lstat, rmdir, unlink } from 'node:fs/promises';
import { errorCodeOf } from '../platform/error-code.ts';
import { type Bounded, createBounded } from './bounded.ts';
import { batchSize, type OpenFolder, openToDelete } from './open-folder.ts';

export interface EmptiedFolder {
  /** The entries of the folder that are gone, with all that lay in them. Bytes of names that are not UTF-8 stand as U+FFFD. */
  readonly deleted: Bounded<string>;
  /** What could not be deleted, from the folder's path on, and why. */
  readonly failed: Bounded<{ readonly path: string; readonly error: string }>;
  /** The entries of the folder that were to be kept and are there. */
  readonly skipped: readonly string[];
  /** All files, links and folders that are gone, at every depth. */
  readonly entriesDeleted: number;
}

export interface EmptyOptions {
  /** Names of entries of the folder that stay, with all that lies in them. */
  readonly keep: readonly string[];
  /** Aborted: nothing more is deleted. */
  readonly signal?: AbortSignal;
  /** Called about once a second. */
  onProgress?(entriesDeleted: number): void;
}

/** The names from the folder that is emptied down to an entry, as bytes in Latin-1. */
type Way = readonly string[];

/** `gone` by whomever, a `folder` that has to be emptied first, or what is in the way. */
type Outcome = 'gone' | 'folder' | { readonly errno: string };

/** Each level holds a descriptor. */
const deepest = 500;
/** Of a folder that others write to while it is emptied. */
const mostPasses = 10;
const progressEveryMs = 1_000;

/** Deletes what lies in an open folder. @throws the signal's reason when that is aborted, and then part of it is gone */
export async function deleteContents(
  top: OpenFolder,
  { keep, signal, onProgress }: EmptyOptions,
): Promise<EmptiedFolder> {
  const kept = new Set(keep.map((name) => Buffer.from(name).toString('latin1')));
  const deleted = createBounded<string>();
  const failed = createBounded<{ readonly path: string; readonly error: string }>();
  const skipped = new Set<string>();
  let entriesDeleted = 0;
  let toldAtMs = performance.now();

  const tellProgress = () => {
    if (performance.now() - toldAtMs < progressEveryMs) return;
    toldAtMs = performance.now();
    onProgress?.(entriesDeleted);
  };
  const fail = (way: Way, error: string) => {
    failed.add({ path: way.map(textOf).join('/'), error });
    return false;
  };

  /** unlink never follows a link, and refuses folders: what is there need not be known before. */
  const deleteUnlessFolder = async (path: Buffer): Promise<Outcome> => {
    try {
      await unlink(path);
      entriesDeleted += 1;
      return 'gone';
    } catch (thrown) {
      const errno = errorCodeOf(thrown);
      if (errno === 'ENOENT') return 'gone';
      return errno === 'EISDIR' || (await isFolder(path)) ? 'folder' : { errno };
    }
  };

  const deleteFolder = async (path: Buffer, way: Way): Promise<boolean> => {
    if (way.length > deepest) return fail(way, `lies more than ${deepest} folders deep: rm -rf deletes it`);
    let folder: OpenFolder | null = null;
    try {
      folder = await openToDelete(path, top.mount);
      if (folder.mount !== top.mount) return fail(way, 'is left, since something is mounted there: unmount it first');
      if (!(await deleteAllIn(folder, way))) return false;
      await rmdir(path);
      entriesDeleted += 1;
      return true;
    } catch (thrown) {
      signal?.throwIfAborted();
      const errno = errorCodeOf(thrown);
      return errno === 'ENOENT' || fail(way, inTheWay(errno));
    } finally {
      await folder?.close();
    }
  };

  /** Files at the same time; folders one after the other, so that the open ones are those on the way to an entry. */
  const deleteBatch = async (folder: OpenFolder, way: Way, names: readonly string[]): Promise<ReadonlySet<string>> => {
    const left = new Set<string>();
    const tried = names.map(async (name) => ({ name, outcome: await deleteUnlessFolder(folder.entry(name)) }));
    for (const { name, outcome } of await Promise.all(tried)) {
      const entryWay = [...way, name];
      const isGone =
        outcome === 'gone' ||
        (outcome === 'folder'
          ? await deleteFolder(folder.entry(name), entryWay)
          : fail(entryWay, inTheWay(outcome.errno)));
      if (!isGone) left.add(name);
      else if (folder === top) deleted.add(textOf(name));
    }
    return left;
  };

  /** @returns whether nothing is left but what is to be kept */
  const deleteAllIn = async (folder: OpenFolder, way: Way): Promise<boolean> => {
    const staying = new Set(folder === top ? kept : []);
    let isEmpty = true;
    for (let pass = 1, isWhole = false; !isWhole && pass <= mostPasses; pass += 1) {
      isWhole = true;
      for await (const names of folder.names()) {
        signal?.throwIfAborted();
        tellProgress();
        if (folder === top) for (const name of names) if (kept.has(name)) skipped.add(textOf(name));
        const doomed = names.filter((name) => !staying.has(name));
        for (const name of await deleteBatch(folder, way, doomed)) {
          staying.add(name);
          isEmpty = false;
        }
        // Of a folder that is not read in one piece, entries may stay untold while others are deleted.
        if (names.length === batchSize && doomed.length > 0) isWhole = false;
      }
    }
    return isEmpty;
  };

  await deleteAllIn(top, []);
  return { deleted, failed, skipped: [...skipped], entriesDeleted };
}

const textOf = (name: string) => Buffer.from(name, 'latin1').toString();

const inTheWay = (errno: string) => `cannot be deleted (${errno})`;

const isFolder = (path: Buffer): Promise<boolean> =>
  lstat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
