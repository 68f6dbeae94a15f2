import type { InspectionEvent } from 'xstate';
import type { Door } from './door.ts';

const mostKept = 200;

export interface TransitionEntry {
  readonly atMs: number;
  readonly actor: string;
  readonly event: string;
  readonly state: unknown;
}

/** Remembers the last transitions of every chart, for the crash file. */
export interface TransitionLog {
  readonly entries: readonly TransitionEntry[];
  inspect(event: InspectionEvent): void;
  writeCrash(door: Door, error: unknown): string;
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
    writeCrash() {
      throw new Error('not yet');
    },
  };
}
