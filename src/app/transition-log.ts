import type { InspectionEvent } from 'xstate';

const mostKept = 200;

export interface TransitionEntry {
  readonly atMs: number;
  readonly actor: string;
  /** null: not known. */
  readonly event: string | null;
  readonly state: unknown;
}

/** Remembers the last 200 transitions of every chart, for the crash file. */
export interface TransitionLog {
  readonly entries: readonly TransitionEntry[];
  /** Follows every chart of a system. */
  inspect(event: InspectionEvent): void;
  /** For a chart that runs for milliseconds: inspecting it would cost as much as running it. */
  note(actor: string, state: unknown): void;
}

export function createTransitionLog(): TransitionLog {
  const entries: TransitionEntry[] = [];
  const add = (actor: string, event: string | null, state: unknown) => {
    if (entries.length >= mostKept) entries.shift();
    entries.push({ atMs: Date.now(), actor, event, state });
  };
  return {
    entries,
    note: (actor, state) => add(actor, null, state),
    inspect(event) {
      if (event.type !== '@xstate.microstep') return;
      const { value } = event.snapshot as { value?: unknown };
      if (value === undefined) return;
      add(event.actorRef.sessionId, event.event.type, value);
    },
  };
}
