import type { Json } from '../../src/domain/inspection.ts';
import type { Phase } from '../../src/domain/server-record.ts';

/** The times at which the lifecycle entered its states, as far as they are known. It enters each state once. */
export interface PhaseLog {
  /** Adds the exact times from the server. */
  learn(phases: readonly Phase[]): void;
  /** Adds the time of a step of the lifecycle, if the server has not given one for this state. */
  enter(value: Json, atMs: number): void;
  /** The phases up to a time, in order. */
  until(timeMs: number): readonly Phase[];
}

/** Far more than a lifecycle has; limits what a faulty server can make the page keep. */
const mostPhases = 100;

export function createPhaseLog(): PhaseLog {
  const known = new Map<string, number>();
  const keep = (state: string, atMs: number) => {
    if (known.size < mostPhases || known.has(state)) known.set(state, atMs);
  };
  return {
    learn(phases) {
      for (const { state, atMs } of phases) keep(state, atMs);
    },
    enter(value, atMs) {
      if (typeof value === 'string' && !known.has(value)) keep(value, atMs);
    },
    until: (timeMs) =>
      [...known]
        .map(([state, atMs]) => ({ state, atMs }))
        .filter(({ atMs }) => atMs <= timeMs)
        .sort((a, b) => a.atMs - b.atMs),
  };
}
