import type { Phase } from '../../src/domain/server-record.ts';

/** The time that the lifecycle spent in one of its states. */
export interface PhaseSpan {
  readonly state: string;
  readonly fromMs: number;
  /** Up to now if it is still in this state. */
  readonly durationMs: number;
  readonly isOver: boolean;
  /** Before the server was ready or began to shut down. */
  readonly isStartUp: boolean;
}

/** The name of the time before the first state. */
const beginning = 'begin';
const ends = new Set(['ready', 'draining', 'shutdown', 'stopped', 'failed']);
const lasting = new Set(['stopped', 'failed']);

/** @param startedAtMs the start of the process, shortly before its first state */
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
