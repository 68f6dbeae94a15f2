import { isAppError } from '../../../domain/app-error.ts';
import { type AuditReading, readChunks } from './audit-files.ts';
import { readInstant } from './instant.ts';

/** Telemetry up to this instant has been cleared. */
export interface Fence {
  /** Milliseconds since the epoch; -Infinity where telemetry was never cleared. */
  readonly atMs: number;
  /** Whether the file does not hold a timestamp. Then it clears nothing. */
  readonly isBad: boolean;
}

const noFence: Fence = { atMs: Number.NEGATIVE_INFINITY, isBad: false };

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
