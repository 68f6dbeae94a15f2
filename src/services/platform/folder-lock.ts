import { lstat, mkdtemp, readdir, rename, rm, rmdir, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { AppError } from '../../domain/app-error.ts';
import type { ProcessIdentity } from '../../domain/server-record.ts';
import { wait } from '../../domain/timers.ts';
import { errorCodeOf, falseIfTaken } from './error-code.ts';
import { makeFolderSync } from './make-folder.ts';
import { isSameProcessAlive, readProcessIdentity } from './process-identity.ts';

export interface FolderLockOptions {
  /** The folder that is the lock: `<file>.lock` by convention. */
  readonly lock: string;
  /** Names the caller: a file name without a dot. */
  readonly holder: string;
  /** What the error calls a holder: `server`. */
  readonly holderKind: string;
  /** @param heldSinceMs when it took the lock */
  isHolderAlive(holder: string, heldSinceMs: number): boolean;
  /** How long to wait for a lock that is held. */
  readonly waitMs: number;
}

/** Work under a lock takes milliseconds: the holder of one that is this old has died or hangs. */
const staleAfterMs = 60_000;
const pollMs = 10;

/**
 * Does the work while no other caller holds the lock. The lock is a folder with one empty file named `<holder>.<letters>`. It is made
 * under another name and renamed, which succeeds where nothing or an empty folder has the name: so it never exists without its
 * holder's name. The lock of a dead holder is broken by unlinking that file, whose name is never used again: when several callers break
 * it at once, none breaks the lock of the next holder. Makes the folder around the lock with mode 0700 where it is missing.
 * @throws AppError `unavailable`, naming the lock, if others hold it for too long; the signal's reason while it waits; Node's own
 * errors where the lock cannot be written
 */
export async function withFolderLock<Result>(
  options: FolderLockOptions,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  const { lock } = options;
  makeFolderSync(dirname(lock));
  const prepared = await mkdtemp(`${dirname(lock)}/.${basename(lock)}.tmp-`);
  const holder = `${options.holder}.${prepared.slice(-6)}`;
  try {
    await writeFile(`${prepared}/${holder}`, '', { flag: 'wx', mode: 0o600 });
    await acquire(prepared, options, signal);
  } catch (thrown) {
    await rm(prepared, { recursive: true, force: true }).catch(() => undefined);
    throw thrown;
  }
  try {
    return await work();
  } finally {
    // A lock that cannot be released is stale soon, and the work under it is done.
    await unlink(`${lock}/${holder}`).catch(() => undefined);
    await rmdir(lock).catch(() => undefined);
  }
}

async function acquire(prepared: string, options: FolderLockOptions, signal: AbortSignal): Promise<void> {
  const { lock, holderKind, waitMs } = options;
  const giveUpAtMs = performance.now() + waitMs;
  for (;;) {
    signal.throwIfAborted();
    if (await rename(prepared, lock).then(() => true, falseIfTaken)) return;
    if (await breakIfStale(options)) continue;
    if (performance.now() >= giveUpAtMs) {
      const message = `Another ${holderKind} has held ${lock} for too long; if none runs, remove it.`;
      throw new AppError('unavailable', message, { details: { path: lock } });
    }
    await wait(pollMs, signal);
  }
}

async function breakIfStale({ lock, holder: self, isHolderAlive }: FolderLockOptions): Promise<boolean> {
  try {
    const [name] = await readdir(lock);
    if (name === undefined) return true;
    const path = `${lock}/${name}`;
    const { mtimeMs } = await lstat(path);
    const holder = name.split('.', 1)[0] ?? '';
    const isDead = holder !== self && !isHolderAlive(holder, mtimeMs);
    if (!isDead && Date.now() - mtimeMs <= staleAfterMs) return false;
    await unlink(path);
    return true;
  } catch (thrown) {
    // It was released or broken meanwhile.
    if (errorCodeOf(thrown) === 'ENOENT') return true;
    throw thrown;
  }
}

/** Longer than any work under the lock, and short enough for a person to wait. */
const fileLockWaitMs = 10_000;

/**
 * Does the work while no other process does so for the same file. The lock is `<file>.lock`; the lock of a dead process is broken.
 * @throws AppError `unavailable`, naming the lock, if another process holds it for too long; Node's own errors where the lock cannot be written
 */
export function withFileLock<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  const holder = nameOf(readProcessIdentity(process.pid));
  const options = { lock: `${file}.lock`, holder, holderKind: 'process', isHolderAlive, waitMs: fileLockWaitMs };
  return withFolderLock(options, new AbortController().signal, work);
}

const nameOf = ({ pid, startTicks, bootId, pidNamespace }: ProcessIdentity): string =>
  [pid, startTicks, bootId, pidNamespace].map((part) => part ?? '').join('_');

/** An earlier version wrote no pid namespace. */
function isHolderAlive(name: string, heldSinceMs: number): boolean {
  const [pid, startTicks, bootId, pidNamespace] = name.split('_');
  const identity = {
    pid: Number(pid),
    startTicks: startTicks ? Number(startTicks) : null,
    bootId: bootId || null,
    pidNamespace: pidNamespace === '' ? null : pidNamespace,
  };
  return isSameProcessAlive(identity, heldSinceMs);
}
