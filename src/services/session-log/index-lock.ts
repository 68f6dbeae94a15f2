import { lstat, mkdir, mkdtemp, readdir, rename, rm, rmdir, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../domain/app-error.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { hiddenPrefixFor } from './unfinished.ts';

export interface IndexLockOptions {
  readonly indexFile: string;
  readonly serverId: string;
  isServerAlive(serverId: string): boolean;
  nowMs(): number;
  /** How long one that is held is waited for. */
  readonly waitMs: number;
}

/** What is done under the lock takes milliseconds: one that is held this long was left behind. */
const staleAfterMs = 60_000;
const pollMs = 10;

/**
 * Does the work while no other server changes the index. The lock is a folder, `<index>.lock`, that holds one empty file named
 * `<server id>.<letters>`. It is made elsewhere and renamed, which succeeds where nothing or an empty folder has the name: so it
 * never exists without its holder's name. One whose server is dead is broken by unlinking that file, whose name is never used
 * again: of several servers that break it at once, none breaks the lock of the next holder.
 * @throws AppError `unavailable`, naming the lock, if others hold it for too long; the signal's reason while it waits
 */
export async function withIndexLock<Result>(
  options: IndexLockOptions,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  const lock = `${options.indexFile}.lock`;
  await mkdir(dirname(lock), { recursive: true, mode: 0o700 });
  const prepared = await mkdtemp(hiddenPrefixFor(lock));
  const holder = `${options.serverId}.${prepared.slice(-6)}`;
  try {
    await writeFile(`${prepared}/${holder}`, '', { flag: 'wx', mode: 0o600 });
    await acquire(lock, prepared, options, signal);
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

async function acquire(lock: string, prepared: string, options: IndexLockOptions, signal: AbortSignal): Promise<void> {
  const giveUpAtMs = performance.now() + options.waitMs;
  for (;;) {
    signal.throwIfAborted();
    if (await moveUnlessHeld(prepared, lock)) return;
    if (await breakIfStale(lock, options)) continue;
    if (performance.now() >= giveUpAtMs) throw isHeld(lock);
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

async function breakIfStale(lock: string, options: IndexLockOptions): Promise<boolean> {
  try {
    const [holder] = await readdir(lock);
    if (holder === undefined) return true;
    const path = `${lock}/${holder}`;
    const { mtimeMs } = await lstat(path);
    const serverId = holder.split('.', 1)[0] ?? '';
    const isDead = serverId !== options.serverId && !options.isServerAlive(serverId);
    if (!isDead && options.nowMs() - mtimeMs <= staleAfterMs) return false;
    await unlink(path);
    return true;
  } catch (thrown) {
    // It was given back, or broken, meanwhile.
    if (errorCodeOf(thrown) === 'ENOENT') return true;
    throw thrown;
  }
}

function isHeld(lock: string): AppError {
  return new AppError('unavailable', `${lock} is held by another server for too long; if none runs, remove it.`, {
    details: { path: lock },
  });
}
