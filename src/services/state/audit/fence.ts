import { isAppError } from '../../../domain/app-error.ts';
import { writeFileAtomically } from '../../platform/files.ts';
import { type AuditReading, readChunks } from './audit-files.ts';
import { readInstant } from './instant.ts';

/** What was recorded up to this instant is forgotten. */
export interface Fence {
  /** Milliseconds since the epoch; -Infinity where nothing was ever cleared. */
  readonly atMs: number;
  /** Whether the file does not hold a timestamp. Then it clears nothing. */
  readonly isBad: boolean;
}

const noFence: Fence = { atMs: Number.NEGATIVE_INFINITY, isBad: false };

/**
 * Writes a fence, synced.
 * @returns its time
 * @throws AppError `unavailable`, naming the file
 */
export async function writeFence(path: string, nowMs: number): Promise<number> {
  await writeFileAtomically(path, `${new Date(nowMs).toISOString()}\n`);
  return Math.floor(nowMs);
}

/** @throws AppError `unavailable` if the fence exists but cannot be read: cleared failures must not reappear unnoticed */
export async function readFence(reading: AuditReading, path: string): Promise<Fence> {
  try {
    let text = '';
    for await (const chunk of readChunks(reading, path)) {
      text = chunk.toString('utf8');
      break;
    }
    const atMs = readInstant(text.trim());
    return atMs === undefined ? { ...noFence, isBad: true } : { atMs, isBad: false };
  } catch (error) {
    reading.signal.throwIfAborted();
    if (isAppError(error) && error.code === 'not_found') return noFence;
    throw error;
  }
}
