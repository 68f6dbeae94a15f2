import { toFault } from '../domain/app-error.ts';
import type { Log } from '../domain/log-record.ts';
import { startInterval } from '../domain/timers.ts';
import type { BackgroundJobs } from '../runners/background-jobs.ts';

const dayMs = 24 * 60 * 60 * 1_000;
const retentionLimitMs = 60_000;

export interface RepeatRetentionOptions {
  readonly background: BackgroundJobs;
  removeExpired(signal: AbortSignal): Promise<void>;
  readonly log: Log;
  /** The system's where none is given. */
  readonly clock?: { setInterval(run: () => void, ms: number): { unref(): void } };
}

/** Removes expired files once a day from now on. */
export function repeatRetention({
  background,
  removeExpired,
  log,
  clock = { setInterval: startInterval },
}: RepeatRetentionOptions): void {
  const submit = () => {
    if (background.running.some(({ name }) => name === 'upkeep')) return;
    try {
      background.submit({ name: 'upkeep', timeLimitMs: retentionLimitMs, run: removeExpired });
    } catch (problem) {
      log.warning('retention_not_started', { error: toFault(problem).message });
    }
  };
  clock.setInterval(submit, dayMs).unref();
}
