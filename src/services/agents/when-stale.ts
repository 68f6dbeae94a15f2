import { wait } from '../../domain/timers.ts';
import type { SignOfLife, SignsOfLife } from './signs-of-life.ts';

export interface StaleWatch {
  /** Without growth. */
  readonly staleMs: number;
  /** For how long one kind of sign excuses a log that does not grow. */
  readonly suppressionMs: number;
  /** When the log last grew, of the monotonic clock. */
  lastGrowthAtMs(): number;
  readonly life: SignsOfLife;
}

/** From one look at the processes to the next: only two looks show which process is busy. */
const betweenLooksMs = 5_000;

/**
 * Settles when the log has not grown for too long, and no sign of life excuses that; or one kind of sign has excused it for too long. Growth of the log
 * restarts both times.
 * @throws the signal's reason
 */
export async function whenStale({ staleMs, suppressionMs, lastGrowthAtMs, life }: StaleWatch, signal: AbortSignal) {
  const excuse = { sign: null as SignOfLife | null, grewAtMs: 0, sinceMs: 0, lastAtMs: 0 };
  for (;;) {
    await whenQuiet(staleMs, () => Math.max(lastGrowthAtMs(), excuse.lastAtMs), signal);
    await life.look();
    await wait(Math.min(betweenLooksMs, staleMs), signal);
    if (performance.now() - lastGrowthAtMs() < staleMs) continue;
    const sign = await life.look();
    if (sign === null) return;
    excuse.lastAtMs = performance.now();
    const grewAtMs = lastGrowthAtMs();
    // Another kind of sign has a time of its own.
    if (excuse.sign !== sign || excuse.grewAtMs !== grewAtMs)
      Object.assign(excuse, { sign, grewAtMs, sinceMs: excuse.lastAtMs });
    if (excuse.lastAtMs - excuse.sinceMs >= suppressionMs) return;
  }
}

/** Settles when nothing has happened for so long. @throws the signal's reason */
export async function whenQuiet(limitMs: number, lastAtMs: () => number, signal: AbortSignal): Promise<void> {
  const leftMs = () => lastAtMs() + limitMs - performance.now();
  for (let ms = leftMs(); ms > 0; ms = leftMs()) await wait(ms, signal);
}
