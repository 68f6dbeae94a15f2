import { constants, existsSync, readFileSync } from 'node:fs';
import { chmod, type FileHandle, open, opendir, realpath } from 'node:fs/promises';
import { errorCodeOf } from '../platform/error-code.ts';
import { identityOf } from '../platform/folder-identity.ts';

/**
 * A folder held open, so that what is done in it is done in this very folder, whatever is put at its path meanwhile: on Linux its entries are
 * reached through the descriptor. Elsewhere they are reached by path, and whoever exchanges the folder for a link in between can mislead.
 */
export interface OpenFolder {
  /** Tells it from every other folder. */
  readonly identity: string;
  /** Tells the mount that it lies in from every other. */
  readonly mount: string;
  /** Where it lies now, without links. */
  realPath(): Promise<string>;
  /** The path of an entry. Names are bytes in Latin-1, since a file's name need not be UTF-8. */
  entry(name: string): Buffer;
  /** The names of all entries, in batches of `batchSize`. */
  names(): AsyncIterable<readonly string[]>;
  close(): Promise<void>;
}

export const batchSize = 64;

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
/** Linux: opens what may not be read, to say things about it. */
const O_PATH = 0o10000000;
const ownersAll = 0o700;
const hasDescriptorPaths = existsSync('/proc/self/fd');

const descriptorPath = ({ fd }: FileHandle) => `/proc/self/fd/${fd}`;

/** @throws Node's own errors: `ENOTDIR` or `ELOOP` for a link and for what is no folder */
export const openFolder = async (path: Buffer): Promise<OpenFolder> => holdOpen(await openHandle(path), path, null);

/**
 * The same for a folder that is to be deleted: where that is necessary its owner is let in. A folder of another mount is left as it is.
 * @param mount of the folder that it lies in
 */
export async function openToDelete(path: Buffer, mount: string): Promise<OpenFolder> {
  const handle = await openHandle(path).catch(async (thrown) => {
    if (errorCodeOf(thrown) !== 'EACCES' || !hasDescriptorPaths) throw thrown;
    await letOwnerEnter(path, mount);
    return openHandle(path);
  });
  return holdOpen(handle, path, mount);
}

const openHandle = (path: Buffer) => open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);

/** @param ownMount of a folder that is to be deleted: there its owner may do everything; null: nothing is changed */
async function holdOpen(handle: FileHandle, path: Buffer, ownMount: string | null): Promise<OpenFolder> {
  try {
    const stats = await handle.stat({ bigint: true });
    const mount = mountOf(handle) ?? String(stats.dev);
    if (mount === ownMount && !isOwnersAll(Number(stats.mode))) await handle.chmod(ownersAll).catch(leaveToDeletion);
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

/** Linux tells apart what is mounted twice from one device. What the kernel answers from memory is read without waiting. */
function mountOf({ fd }: FileHandle): string | null {
  if (!hasDescriptorPaths) return null;
  return /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? null;
}

/** For a folder that may not even be opened. Never follows a link. */
async function letOwnerEnter(path: Buffer, mount: string): Promise<void> {
  const handle = await open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  try {
    if (mountOf(handle) === mount) await chmod(descriptorPath(handle), ownersAll).catch(leaveToDeletion);
  } finally {
    await handle.close();
  }
}

const isOwnersAll = (mode: number) => (mode & ownersAll) === ownersAll;

/** It is somebody else's: opening or deleting says what is in the way. */
const leaveToDeletion = () => undefined;

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
