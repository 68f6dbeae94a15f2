import { computed, signal } from '@preact/signals';
import { actor } from '../page-state.ts';
import { Checkbox } from '../widgets/checkbox.tsx';

/** Whether events and sequence show only what the chosen actor sent or received. */
export const isOfActorOnly = signal(false);

/** The actor whose events are shown; null: all. */
export const wantedActorId = computed(() => (isOfActorOnly.value ? (actor.value?.sessionId ?? null) : null));

export function ActorOnly() {
  const chosen = actor.value;
  const title = chosen === null ? undefined : `Only events that ${chosen.name} sent or received`;
  return <Checkbox label="Chosen actor only" checked={isOfActorOnly} title={title} />;
}
