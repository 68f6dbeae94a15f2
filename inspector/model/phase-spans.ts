import type { Phase } from '../../src/domain/server-record.ts';
import type { ActorAt } from './recording.ts';

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

/** Whether an actor is the lifecycle of its server, whose states are the phases. */
export const isLifecycle = ({ name, parentId }: Pick<ActorAt, 'name' | 'parentId'>): boolean =>
  name === 'lifecycle' && parentId === null;

/** Several phases may have the same time; drops those that the lifecycle has not entered yet. @param active its active states */
export function enteredPhases(phases: readonly Phase[], active: ReadonlySet<string>): readonly Phase[] {
  const at = phases.findLastIndex(({ state }) => active.has(state));
  return at < 0 ? phases : phases.slice(0, at + 1);
}

/** The phases that are over, by state: those before the recording began too, of which nothing else is known. */
export function pastPhases(phases: readonly Phase[], active: ReadonlySet<string>): ReadonlyMap<string, PhaseSpan> {
  const entered = enteredPhases(phases, active);
  const spans = phaseSpans(entered, entered[0]?.atMs ?? 0, 0);
  return new Map(spans.filter(({ isOver, state }) => isOver && !active.has(state)).map((span) => [span.state, span]));
}
