import type { KillReason, SessionEnding, SessionEvidence } from './session-outcome.ts';

/** Whether the last process of a session was ended, and whether that came after its completion. */
export function killReasonOf(
  { hasRun, wasKilled }: { readonly hasRun: boolean; readonly wasKilled: boolean },
  ending: SessionEnding | null,
): KillReason {
  if (!hasRun) return 'not_applicable';
  if (!wasKilled) return 'natural_exit';
  return ending === 'completed' ? 'kill_after_completion' : 'infra_kill';
}

const stopReasons: Readonly<Record<Exclude<SessionEnding, 'budget'>, string | null>> = {
  exited: null,
  completed: null,
  idle: 'idle',
  stale: 'stale',
  timedOut: 'timeout',
  cancelled: 'cancelled',
  lostTools: 'lost_tools',
  notStarted: 'not_started',
  hostDied: 'crashed',
};

/** Which limit ended a session, as a word; null: none did. */
export function stopReasonOf({ ending, spent }: Pick<SessionEvidence, 'ending' | 'spent'>): string | null {
  if (ending === 'budget') return `budget_${spent}`;
  return stopReasons[ending];
}
