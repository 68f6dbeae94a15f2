import { lstat, mkdtemp, readdir, rename, rm, rmdir, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../domain/app-error.ts';
import { errorCodeOf } from './error-code.ts';
import { makeFolder } from './make-folder.ts';

export interface FolderLockOptions {
  /** The folder that is the lock; by custom `<file>.lock`. */
  readonly lock: string;
  /** Who asks for it: a file name without a dot. */
  readonly holder: string;
  /** What a holder is called in the error: `server`. */
  readonly holderKind: string;
  isHolderAlive(holder: string): boolean;
  nowMs(): number;
  /** How long one that is held is waited for. */
  readonly waitMs: number;
}

/** What is done under a lock takes milliseconds: one that is held this long was left behind. */
const staleAfterMs = 60_000;
const pollMs = 10;

/**
 * Does the work while nobody else holds the lock. The lock is a folder that holds one empty file named `<holder>.<letters>`. It is
 * made elsewhere and renamed, which succeeds where nothing or an empty folder has the name: so it never exists without its holder's
 * name. One whose holder is dead is broken by unlinking that file, whose name is never used again: of several that break it at once,
 * none breaks the lock of the next holder. The folder that the lock lies in is made with mode 0700 where it is missing.
 * @throws AppError `unavailable`, naming the lock, if others hold it for too long; the signal's reason while it waits; Node's own
 * errors where the lock cannot be written
 */
export async function withFolderLock<Result>(
  options: FolderLockOptions,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  const { lock } = options;
  await makeFolder(dirname(lock));
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
    // A lock that cannot be given back is stale soon, and what was done under it is done.
    await unlink(`${lock}/${holder}`).catch(() => undefined);
    await rmdir(lock).catch(() => undefined);
  }
}

async function acquire(prepared: string, options: FolderLockOptions, signal: AbortSignal): Promise<void> {
  const giveUpAtMs = performance.now() + options.waitMs;
  for (;;) {
    signal.throwIfAborted();
    if (await moveUnlessHeld(prepared, options.lock)) return;
    if (await breakIfStale(options)) continue;
    if (performance.now() >= giveUpAtMs) throw isHeld(options);
    await wait(pollMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

async function moveUnlessHeld(prepared: string, lock: string): Promise<boolean> {
  try {
    await rename(prepared, lock);
    return true;
  } catch (thrown) {
    const code = errorCodeOf(thrown);
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw thrown;
  }
}

async function breakIfStale({ lock, holder: self, isHolderAlive, nowMs }: FolderLockOptions): Promise<boolean> {
  try {
    const [name] = await readdir(lock);
    if (name === undefined) return true;
    const path = `${lock}/${name}`;
    const { mtimeMs } = await lstat(path);
    const holder = name.split('.', 1)[0] ?? '';
    const isDead = holder !== self && !isHolderAlive(holder);
    if (!isDead && nowMs() - mtimeMs <= staleAfterMs) return false;
    await unlink(path);
    return true;
  } catch (thrown) {
    // It was given back, or broken, meanwhile.
    if (errorCodeOf(thrown) === 'ENOENT') return true;
    throw thrown;
  }
}

function isHeld({ lock, holderKind }: FolderLockOptions): AppError {
  const mend = 'if none runs, remove it.';
  return new AppError('unavailable', `${lock} is held by another ${holderKind} for too long; ${mend}`, {
    details: { path: lock },
  });
}
