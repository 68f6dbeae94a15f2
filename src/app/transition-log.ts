import type { InspectionEvent } from 'xstate';

const mostKept = 200;

export interface TransitionEntry {
  readonly atMs: number;
  readonly actor: string;
  readonly event: string;
  readonly state: unknown;
}

/** Remembers the last 200 transitions of every chart, for the crash file. */
export interface TransitionLog {
  readonly entries: readonly TransitionEntry[];
  inspect(event: InspectionEvent): void;
}

export function createTransitionLog(): TransitionLog {
  const entries: TransitionEntry[] = [];
  return {
    entries,
    inspect(event) {
      if (event.type !== '@xstate.microstep') return;
      const { value } = event.snapshot as { value?: unknown };
      if (value === undefined) return;
      if (entries.length >= mostKept) entries.shift();
      entries.push({ atMs: Date.now(), actor: event.actorRef.sessionId, event: event.event.type, state: value });
    },
  };
}
