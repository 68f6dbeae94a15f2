import { actor, moment, server } from '../page-state.ts';
import { ValueTree } from './value-tree.tsx';

/** The context of the chosen machine at the moment, with what its last event has changed. */
export function ContextPanel() {
  const shown = actor.value;
  if (shown === null) return <p class="nothing">No actor is chosen.</p>;
  const { snapshot, event } = shown.snapshot;
  if (snapshot.context === undefined)
    return (
      <p class="nothing">
        {shown.kind === 'machine' ? 'Its context was not sent.' : `${shown.name} has no context: it is no machine.`}
      </p>
    );
  const before = server.value?.recording.previousSnapshot(shown.sessionId, moment.value)?.snapshot.context;
  return (
    <>
      {event === null || event.type === '' ? null : (
        <p class="caused-by">
          after <b>{event.type}</b>
        </p>
      )}
      <ValueTree
        key={shown.sessionId}
        label={`Context of ${shown.name}`}
        view="context"
        value={snapshot.context}
        {...(before === undefined ? {} : { before })}
      />
    </>
  );
}
