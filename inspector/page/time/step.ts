import { actor, goTo, moment, recording } from '../page-state.ts';

export interface StepOptions {
  /** Whether a step of any actor counts, or of the chosen one only. */
  readonly ofAny?: boolean;
}

/** Goes back to the moment of the transition before this moment. */
export function stepBack({ ofAny = false }: StepOptions = {}): void {
  const found = recording.value?.previousTransition(moment.value, sessionOf(ofAny));
  if (found != null) goTo(found);
}

/** Goes to the moment of the next transition; from the last one to what happens now. */
export function stepForward({ ofAny = false }: StepOptions = {}): void {
  const found = recording.value?.nextTransition(moment.value, sessionOf(ofAny));
  if (found === undefined) return;
  goTo(found ?? Number.POSITIVE_INFINITY);
}

/** Only machines take transitions; beside another actor, those of all count. */
function sessionOf(ofAny: boolean): string | undefined {
  const chosen = actor.value;
  return ofAny || chosen?.kind !== 'machine' ? undefined : chosen.sessionId;
}
