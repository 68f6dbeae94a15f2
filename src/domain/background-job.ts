/** How a background job ended. */
export type BackgroundOutcome = 'done' | 'failed' | 'cancelled' | 'timedOut';

/** The content of a status file; a job that exceeds its time limit is `failed`. Times are ISO 8601. */
export interface BackgroundStatus {
  readonly status: 'pending' | 'complete' | 'failed' | 'cancelled';
  readonly dispatched_at: string;
  readonly completed_at?: string;
  /** Why it failed, at most 500 characters, without secrets. */
  readonly error?: string;
}
