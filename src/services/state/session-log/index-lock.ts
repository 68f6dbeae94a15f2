import { withFolderLock } from '../../platform/folder-lock.ts';

export interface IndexLockOptions {
  readonly indexFile: string;
  readonly serverId: string;
  isServerAlive(serverId: string): boolean;
  nowMs(): number;
  /** How long one that is held is waited for. */
  readonly waitMs: number;
}

/**
 * Does the work while no other server changes the index; the lock is `<index>.lock`, and one whose server is dead is broken.
 * @throws AppError `unavailable`, naming the lock, if others hold it for too long; the signal's reason while it waits
 */
export function withIndexLock<Result>(
  { indexFile, serverId, isServerAlive, nowMs, waitMs }: IndexLockOptions,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  const lock = `${indexFile}.lock`;
  const options = { lock, holder: serverId, holderKind: 'server', isHolderAlive: isServerAlive, nowMs, waitMs };
  return withFolderLock(options, signal, work);
}
