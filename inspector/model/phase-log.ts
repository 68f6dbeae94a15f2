import type { Json } from '../../src/domain/inspection.ts';
import type { Phase } from '../../src/domain/server-record.ts';

/** When the lifecycle came into each of its states, as far as that is known. Each state is entered once. */
export interface PhaseLog {
  /** What the server says is exact. */
  learn(phases: readonly Phase[]): void;
  /** What a step of the lifecycle shows. */
  enter(value: Json, atMs: number): void;
  /** In order of time. */
  until(timeMs: number): readonly Phase[];
}

/** Far more than a lifecycle has: a server that says nonsense costs no memory. */
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
