import { rmdirSync, unlinkSync } from 'node:fs';
import { lstat, mkdtemp, readdir, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { AppError } from '../../domain/app-error.ts';
import type { ProcessIdentity } from '../../domain/server-record.ts';
import { wait } from '../../domain/timers.ts';
import { errorCodeOf, falseIfTaken } from './error-code.ts';
import { makeFolderSync } from './make-folder.ts';
import { isSameProcessAlive, readProcessIdentity } from './process-identity.ts';
import { namesIn } from './unless-missing.ts';

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
  /** The lock of a live holder is broken after this time; a minute by default. */
  readonly staleAfterMs?: number;
  /** The error where others hold it for too long, instead of `unavailable`. */
  heldError?(holder: string): AppError;
}

/** Work under a lock takes milliseconds: the holder of one that is this old has died or hangs. */
const usualStaleAfterMs = 60_000;
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
  const release = await takeFolderLock(options, signal);
  try {
    return await work();
  } finally {
    release();
  }
}

/** Releases a lock, synchronously. Never throws. Only once: others may hold it afterwards. */
export type ReleaseLock = () => void;

/** Takes the lock of `withFolderLock` until it is released. */
export async function takeFolderLock(options: FolderLockOptions, signal: AbortSignal): Promise<ReleaseLock> {
  const { lock } = options;
  makeFolderSync(dirname(lock));
  const prepared = await mkdtemp(`${dirname(lock)}/${temporaryPrefix(lock)}`);
  const holder = `${options.holder}.${prepared.slice(-6)}`;
  try {
    await writeFile(`${prepared}/${holder}`, '', { flag: 'wx', mode: 0o600 });
    await acquire(prepared, options, signal);
  } catch (thrown) {
    await rm(prepared, { recursive: true, force: true }).catch(() => undefined);
    throw thrown;
  }
  return () => {
    try {
      unlinkSync(`${lock}/${holder}`);
      rmdirSync(lock);
    } catch {
      // A lock that cannot be released is stale when its holder has ended, and the work under it is done.
    }
  };
}

const temporaryPrefix = (lock: string): string => `.${basename(lock)}.tmp-`;

/** Whether a name beside a lock is the lock, or what a process has left that was killed while it took it. */
export const isOfLock = (name: string, lock: string): boolean =>
  name === basename(lock) || name.startsWith(temporaryPrefix(lock));

async function acquire(prepared: string, options: FolderLockOptions, signal: AbortSignal): Promise<void> {
  const { lock, holderKind, waitMs } = options;
  const giveUpAtMs = performance.now() + waitMs;
  for (;;) {
    signal.throwIfAborted();
    if (await rename(prepared, lock).then(() => true, falseIfTaken)) return;
    const holder = await liveHolderOf(options);
    if (holder === null) continue;
    if (performance.now() >= giveUpAtMs) {
      const message = `Another ${holderKind} has held ${lock} for too long; if none runs, remove it.`;
      throw options.heldError?.(holder) ?? new AppError('unavailable', message, { details: { path: lock } });
    }
    await wait(pollMs, signal);
  }
}

/** Breaks the lock if it is stale. @returns its holder; null: it is free now */
async function liveHolderOf(options: FolderLockOptions): Promise<string | null> {
  const { lock, holder: self, isHolderAlive, staleAfterMs = usualStaleAfterMs } = options;
  try {
    const [name] = await readdir(lock);
    if (name === undefined) return null;
    const path = `${lock}/${name}`;
    const { mtimeMs } = await lstat(path);
    const holder = name.split('.', 1)[0] ?? '';
    const isDead = holder !== self && !isHolderAlive(holder, mtimeMs);
    if (!isDead && Date.now() - mtimeMs <= staleAfterMs) return holder;
    await unlink(path);
    return null;
  } catch (thrown) {
    // It was released or broken meanwhile.
    if (errorCodeOf(thrown) === 'ENOENT') return null;
    throw thrown;
  }
}

/** Whoever holds a lock, dead or alive; null: nobody. Blocking and brief. */
export const holderOf = (lock: string): string | null => namesIn(lock)[0]?.split('.', 1)[0] ?? null;

/** Longer than any work under the lock, and short enough for a person to wait. */
const fileLockWaitMs = 10_000;

/**
 * Does the work while no other process does so for the same file. The lock is `<file>.lock`; the lock of a dead process is broken.
 * @throws AppError `unavailable`, naming the lock, if another process holds it for too long; Node's own errors where the lock cannot be written
 */
export function withFileLock<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  const options = { ...ofThisProcess(), lock: `${file}.lock`, isHolderAlive, waitMs: fileLockWaitMs };
  return withFolderLock(options, new AbortController().signal, work);
}

/**
 * Takes a lock for the life of this process, or until it is released; two users of one process exclude each other too. The lock of a dead
 * process is broken. That of a process that cannot be looked up, because it runs in another container, is not.
 * @param heldError the error if another process holds it; pid: of that process
 * @throws that error; Node's own errors where the lock cannot be written
 */
export function holdFolder(lock: string, heldError: (pid: number) => AppError): Promise<ReleaseLock> {
  const options: FolderLockOptions = {
    ...ofThisProcess(),
    lock,
    isHolderAlive: (name) => isHolderAlive(name, Date.now()),
    waitMs: 0,
    staleAfterMs: Infinity,
    heldError: (holder) => heldError(Number(holder.split('_', 1)[0])),
  };
  return takeFolderLock(options, new AbortController().signal);
}

const ofThisProcess = () => ({ holder: nameOf(readProcessIdentity(process.pid)), holderKind: 'process' });

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
