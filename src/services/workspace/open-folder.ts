import { constants, existsSync, readFileSync } from 'node:fs';
import { chmod, type FileHandle, open, opendir, realpath } from 'node:fs/promises';
import { errorCodeOf } from '../platform/error-code.ts';
import { identityOf } from '../platform/folder-identity.ts';

/**
 * A folder that is held open, so that its entries stay the same even if its path is replaced: on Linux they are reached through the
 * descriptor. Elsewhere they are reached by path, and replacing the folder with a link can redirect them.
 */
export interface OpenFolder {
  /** Differs from every other folder's. */
  readonly identity: string;
  /** The mount that it is in. */
  readonly mount: string;
  /** Its current path, without links. */
  realPath(): Promise<string>;
  /** The path of an entry. Names are bytes as Latin-1, since a file name need not be UTF-8. */
  entry(name: string): Buffer;
  /** The names of all entries, in batches of `batchSize`. */
  names(): AsyncIterable<readonly string[]>;
  close(): Promise<void>;
}

export const batchSize = 64;

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
/** Linux: opens a folder that may not be read, to change its mode. */
const O_PATH = 0o10000000;
const ownersAll = 0o700;
const hasDescriptorPaths = existsSync('/proc/self/fd');

const descriptorPath = ({ fd }: FileHandle) => `/proc/self/fd/${fd}`;

/** @throws Node's own errors: `ENOTDIR` or `ELOOP` for a link and for anything but a folder */
export const openFolder = async (path: Buffer): Promise<OpenFolder> => holdOpen(await openHandle(path), path, null);

/**
 * As `openFolder`, for a folder to delete: if necessary, its owner gets access. A folder of another mount stays as it is.
 * @param mount of the parent folder
 */
export async function openToDelete(path: Buffer, mount: string): Promise<OpenFolder> {
  const handle = await openHandle(path).catch(async (thrown) => {
    if (errorCodeOf(thrown) !== 'EACCES' || !hasDescriptorPaths) throw thrown;
    await giveOwnerAccess(path, mount);
    return openHandle(path);
  });
  return holdOpen(handle, path, mount);
}

const openHandle = (path: Buffer) => open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);

/** @param ownMount in this mount the owner gets full access; null: nothing is changed */
async function holdOpen(handle: FileHandle, path: Buffer, ownMount: string | null): Promise<OpenFolder> {
  try {
    const stats = await handle.stat({ bigint: true });
    const mount = mountOf(handle) ?? String(stats.dev);
    if (mount === ownMount && !isOwnersAll(Number(stats.mode))) await handle.chmod(ownersAll).catch(ignore);
    const here = hasDescriptorPaths ? Buffer.from(descriptorPath(handle)) : path;
    return {
      identity: identityOf(stats),
      mount,
      realPath: () => realpath(here),
      entry: (name) => Buffer.concat([here, Buffer.from(`/${name}`, 'latin1')]),
      names: () => namesIn(here),
      close: () => handle.close(),
    };
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
}

/** Linux distinguishes two mounts of one device. The kernel answers from memory, without waiting for a disk. */
function mountOf({ fd }: FileHandle): string | null {
  if (!hasDescriptorPaths) return null;
  return /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? null;
}

/** For a folder that may not be opened. Never follows a link. */
async function giveOwnerAccess(path: Buffer, mount: string): Promise<void> {
  const handle = await open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  try {
    if (mountOf(handle) === mount) await chmod(descriptorPath(handle), ownersAll).catch(ignore);
  } finally {
    await handle.close();
  }
}

const isOwnersAll = (mode: number) => (mode & ownersAll) === ownersAll;

/** It belongs to another user: opening or deleting reports the cause. */
const ignore = () => undefined;

async function* namesIn(path: Buffer): AsyncGenerator<readonly string[]> {
  let batch: string[] = [];
  for await (const { name } of await opendir(path, { encoding: 'latin1', bufferSize: batchSize })) {
    batch.push(name);
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
