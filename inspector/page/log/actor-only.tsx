import { computed, signal } from '@preact/signals';
import { actor } from '../page-state.ts';

/** Whether events and sequence show only what the chosen actor sent or received. */
export const isOfActorOnly = signal(false);

/** The actor whose events are shown; null: all. */
export const wantedActorId = computed(() => (isOfActorOnly.value ? (actor.value?.sessionId ?? null) : null));

export function ActorOnly() {
  const chosen = actor.value;
  return (
    <label title={chosen === null ? undefined : `Only events that ${chosen.name} sent or received`}>
      <input
        type="checkbox"
        checked={isOfActorOnly.value}
        onChange={(event) => {
          isOfActorOnly.value = event.currentTarget.checked;
        }}
      />
      Chosen actor only
    </label>
  );
}
