/** What became of a piece of background work. */
export type BackgroundOutcome = 'done' | 'failed' | 'cancelled' | 'timedOut';

/** What a status file says; `failed` also where the time was up. Times are ISO 8601. */
export interface BackgroundStatus {
  readonly status: 'pending' | 'complete' | 'failed' | 'cancelled';
  readonly dispatched_at: string;
  readonly completed_at?: string;
  /** Why it failed, at most 500 characters, without secrets. */
  readonly error?: string;
}
