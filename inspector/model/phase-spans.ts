import type { Phase } from '../../src/domain/server-record.ts';

/** How long the lifecycle was in one of its states. */
export interface PhaseSpan {
  readonly state: string;
  readonly fromMs: number;
  /** Until now, where it still is. */
  readonly durationMs: number;
  readonly isOver: boolean;
  /** Before the server was ready, or began to leave. */
  readonly isStartUp: boolean;
}

/** What stands before the first state. */
const beginning = 'begin';
const ends = new Set(['ready', 'draining', 'shutdown', 'stopped', 'failed']);
const lasting = new Set(['stopped', 'failed']);

/** @param startedAtMs when the server began, a little before its first state */
export function phaseSpans(phases: readonly Phase[], startedAtMs: number, nowMs: number): readonly PhaseSpan[] {
  const first = phases[0];
  const isLate = first !== undefined && startedAtMs < first.atMs;
  const entered = isLate ? [{ state: beginning, atMs: startedAtMs }, ...phases] : phases;
  const startedUpAt = entered.findIndex(({ state }) => ends.has(state));
  return entered.map(({ state, atMs }, at) => {
    const next = entered[at + 1];
    const isLasting = lasting.has(state);
    return {
      state,
      fromMs: atMs,
      durationMs: Math.max(0, (next?.atMs ?? (isLasting ? atMs : nowMs)) - atMs),
      isOver: next !== undefined || isLasting,
      isStartUp: startedUpAt < 0 || at < startedUpAt,
    };
  });
}
