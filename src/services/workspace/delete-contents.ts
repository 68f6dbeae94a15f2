import { lstat, rmdir, unlink } from 'node:fs/promises';
import { errorCodeOf } from '../platform/error-code.ts';
import { batchSize, type OpenFolder, openToDelete } from './open-folder.ts';

/** What may be a million things: their number, and the first hundred. */
export interface Bounded<Thing> {
  readonly count: number;
  readonly first: readonly Thing[];
}

export interface EmptiedFolder {
  /** The entries of the folder that were deleted, with everything in them. Bytes that are not UTF-8 become U+FFFD. */
  readonly deleted: Bounded<string>;
  /** What could not be deleted and why; paths are relative to the folder. */
  readonly failed: Bounded<{ readonly path: string; readonly error: string }>;
  /** The existing entries that were to be kept. */
  readonly skipped: readonly string[];
  /** The number of deleted files, links and folders at every depth. */
  readonly entriesDeleted: number;
}

export interface EmptyOptions {
  /** Names of entries of the folder to keep, with everything in them. */
  readonly keep: readonly string[];
  /** Aborted: nothing more is deleted. */
  readonly signal?: AbortSignal;
  /** Called about once a second. */
  onProgress?(entriesDeleted: number): void;
}

/** The names from the emptied folder down to an entry, as bytes in Latin-1. */
type EntryPath = readonly string[];

/** `gone`, deleted by anybody; a `folder`, which must be emptied first; or the obstacle. */
type Outcome = 'gone' | 'folder' | { readonly errno: string };

/** Each level holds an open descriptor. */
const deepest = 500;
/** For a folder that others write to while it is emptied. */
const mostPasses = 10;
const progressEveryMs = 1_000;

/** Deletes everything in an open folder. @throws the signal's reason if it is aborted; then part is deleted */
export async function deleteContents(
  top: OpenFolder,
  { keep, signal, onProgress }: EmptyOptions,
): Promise<EmptiedFolder> {
  const kept = new Set(keep.map((name) => Buffer.from(name).toString('latin1')));
  const deleted = createBounded<string>();
  const failed = createBounded<{ readonly path: string; readonly error: string }>();
  const skipped = new Set<string>();
  let entriesDeleted = 0;
  let reportedAtMs = performance.now();

  const reportProgress = () => {
    if (performance.now() - reportedAtMs < progressEveryMs) return;
    reportedAtMs = performance.now();
    onProgress?.(entriesDeleted);
  };
  const fail = (at: EntryPath, error: string) => {
    failed.add({ path: at.map(textOf).join('/'), error });
    return false;
  };

  /** unlink never follows a link and rejects folders, so the type of the entry need not be known. */
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

  const deleteFolder = async (path: Buffer, at: EntryPath): Promise<boolean> => {
    if (at.length > deepest) return fail(at, `is more than ${deepest} folders deep: delete it with rm -rf`);
    let folder: OpenFolder | null = null;
    try {
      folder = await openToDelete(path, top.mount);
      if (folder.mount !== top.mount) return fail(at, 'is kept because it is a mount point: unmount it first');
      if (!(await deleteAllIn(folder, at))) return false;
      await rmdir(path);
      entriesDeleted += 1;
      return true;
    } catch (thrown) {
      signal?.throwIfAborted();
      const errno = errorCodeOf(thrown);
      return errno === 'ENOENT' || fail(at, cannotDelete(errno));
    } finally {
      await folder?.close();
    }
  };

  /** Files in parallel; folders one after the other, so that only the parents of an entry are open. */
  const deleteBatch = async (
    folder: OpenFolder,
    at: EntryPath,
    names: readonly string[],
  ): Promise<ReadonlySet<string>> => {
    const left = new Set<string>();
    const tried = names.map(async (name) => ({ name, outcome: await deleteUnlessFolder(folder.entry(name)) }));
    for (const { name, outcome } of await Promise.all(tried)) {
      const entryPath = [...at, name];
      const isGone =
        outcome === 'gone' ||
        (outcome === 'folder'
          ? await deleteFolder(folder.entry(name), entryPath)
          : fail(entryPath, cannotDelete(outcome.errno)));
      if (!isGone) left.add(name);
      else if (folder === top) deleted.add(textOf(name));
    }
    return left;
  };

  /** @returns whether everything except the kept entries is deleted */
  const deleteAllIn = async (folder: OpenFolder, at: EntryPath): Promise<boolean> => {
    const staying = new Set(folder === top ? kept : []);
    let isEmpty = true;
    for (let pass = 1, isWhole = false; !isWhole && pass <= mostPasses; pass += 1) {
      isWhole = true;
      for await (const names of folder.names()) {
        signal?.throwIfAborted();
        reportProgress();
        if (folder === top) for (const name of names) if (kept.has(name)) skipped.add(textOf(name));
        const doomed = names.filter((name) => !staying.has(name));
        for (const name of await deleteBatch(folder, at, doomed)) {
          staying.add(name);
          isEmpty = false;
        }
        // While entries are deleted, a folder that is read in several batches may skip others.
        if (names.length === batchSize && doomed.length > 0) isWhole = false;
      }
    }
    return isEmpty;
  };

  await deleteAllIn(top, []);
  return { deleted, failed, skipped: [...skipped], entriesDeleted };
}

const listedAtMost = 100;

function createBounded<Thing>(): Bounded<Thing> & { add(thing: Thing): void } {
  const first: Thing[] = [];
  let count = 0;
  return {
    first,
    get count() {
      return count;
    },
    add(thing) {
      count += 1;
      if (first.length < listedAtMost) first.push(thing);
    },
  };
}

const textOf = (name: string) => Buffer.from(name, 'latin1').toString();

const cannotDelete = (errno: string) => `cannot be deleted (${errno})`;

const isFolder = (path: Buffer): Promise<boolean> =>
  lstat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
