import { computed, signal } from '@preact/signals';
import { actor } from '../page-state.ts';

/** Whether events and sequence show only what the chosen actor was sent, or has sent. */
export const isOfActorOnly = signal(false);

/** Whose events are wanted; null: all. */
export const wantedActorId = computed(() => (isOfActorOnly.value ? (actor.value?.sessionId ?? null) : null));

export function ActorOnly() {
  const chosen = actor.value;
  return (
    <label title={chosen === null ? undefined : `Only what ${chosen.name} was sent, or has sent`}>
      <input
        type="checkbox"
        checked={isOfActorOnly.value}
        onChange={(event) => {
          isOfActorOnly.value = event.currentTarget.checked;
        }}
      />
      Chosen actor
    </label>
  );
}
