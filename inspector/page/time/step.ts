import { actor, goTo, moment, recording } from '../page-state.ts';

export interface StepOptions {
  /** Whether transitions of all actors count, or of the chosen one only. */
  readonly ofAny?: boolean;
}

/** Goes to the moment of the previous transition. */
export function stepBack({ ofAny = false }: StepOptions = {}): void {
  const found = recording.value?.previousTransition(moment.value, sessionOf(ofAny));
  if (found != null) goTo(found);
}

/** Goes to the moment of the next transition; from the last one to the present. */
export function stepForward({ ofAny = false }: StepOptions = {}): void {
  const found = recording.value?.nextTransition(moment.value, sessionOf(ofAny));
  if (found === undefined) return;
  goTo(found ?? Number.POSITIVE_INFINITY);
}

/** Only machines take transitions; if another actor is chosen, the transitions of all count. */
function sessionOf(ofAny: boolean): string | undefined {
  const chosen = actor.value;
  return ofAny || chosen?.kind !== 'machine' ? undefined : chosen.sessionId;
}
