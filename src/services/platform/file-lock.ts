import type { ProcessIdentity } from '../../domain/server-record.ts';
import { withFolderLock } from './folder-lock.ts';
import { isSameProcessAlive, readProcessIdentity } from './process-identity.ts';

/** Longer than any work under the lock, and short enough for a person to wait. */
const waitMs = 10_000;

/**
 * Does the work while no other process does so for the same file. The lock is `<file>.lock`; the lock of a dead process is broken.
 * @throws AppError `unavailable`, naming the lock, if another process holds it for too long; Node's own errors where the lock
 * cannot be written
 */
export function withFileLock<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  const holder = nameOf(readProcessIdentity(process.pid));
  const options = { lock: `${file}.lock`, holder, holderKind: 'process', isHolderAlive, waitMs };
  return withFolderLock(options, new AbortController().signal, work);
}

const nameOf = ({ pid, startTicks, bootId }: ProcessIdentity): string => `${pid}_${startTicks ?? ''}_${bootId ?? ''}`;

function isHolderAlive(name: string): boolean {
  const [pid, startTicks, bootId] = name.split('_');
  return isSameProcessAlive({
    pid: Number(pid),
    startTicks: startTicks ? Number(startTicks) : null,
    bootId: bootId || null,
  });
}
