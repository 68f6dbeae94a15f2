import { computed } from '@preact/signals';
import { createEventLog } from '../../model/event-log.ts';
import { sequenceBefore } from '../../model/sequence.ts';
import { ActorOnly, wantedActorId } from '../log/actor-only.tsx';
import { moment, recording } from '../page-state.ts';
import { SequencePicture } from './sequence-picture.tsx';

/** The sequence has the last events, at most this many. */
const mostArrows = 50;

const log = computed(() =>
  recording.value === null
    ? null
    : createEventLog(recording.value, { onlyEvents: true, sessionId: wantedActorId.value }),
);

const isMachine = (sessionId: string): boolean => recording.value?.actorAt(sessionId, moment.value)?.kind === 'machine';

/** The events between actors as a sequence diagram, the newest at the bottom. */
export function SequencePanel() {
  const sequence = log.value === null ? null : sequenceBefore(log.value, moment.value, mostArrows, isMachine);
  return (
    <>
      <div class="filters">
        <ActorOnly />
      </div>
      {sequence === null || sequence.arrows.length === 0 ? (
        <p class="nothing">No events between actors before this moment.</p>
      ) : (
        <SequencePicture {...sequence} />
      )}
    </>
  );
}
