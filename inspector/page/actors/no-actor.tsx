import type { Recording } from '../../model/recording.ts';
import { absentActor, goTo, moment } from '../page-state.ts';

/** Says that no actor exists at the moment, and offers the one where the chosen actor, or else the first, began. */
export function NoActor({ recording }: { readonly recording: Recording }) {
  const [first] = recording.actorsAt(recording.end);
  const began = absentActor.value?.began ?? (first === undefined ? 0 : first.since + 1);
  return (
    <p class="absent" role="status">
      <span>No actor is known at this moment.</span>
      {began <= moment.value ? null : (
        <button type="button" class="button" onClick={() => goTo(began)}>
          Go to where {absentActor.value?.name ?? 'the first one'} began
        </button>
      )}
    </p>
  );
}
