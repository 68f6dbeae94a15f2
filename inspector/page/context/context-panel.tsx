import { useEffect } from 'preact/hooks';
import { eventText } from '../../../src/drawing/trigger.ts';
import { diffJson } from '../../model/diff-json.ts';
import { actor, moment, pinnedMoment, server } from '../page-state.ts';
import { ValueTree } from './value-tree.tsx';

const firstChange = '[data-view="context"] :is(.is-changed, .is-added, .is-removed)';

/** The context of the chosen machine at the moment, with the changes of its last event. */
export function ContextPanel() {
  const at = pinnedMoment.value;
  useEffect(() => {
    // Not while the page is live: the panel would scroll while the user reads.
    if (at !== null) document.querySelector(firstChange)?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  const shown = actor.value;
  if (shown === null) return <p class="nothing">No actor is known at this moment.</p>;
  const { snapshot, event } = shown.snapshot;
  if (snapshot.context === undefined)
    return (
      <p class="nothing">
        {shown.kind === 'machine' ? 'Its context is unknown.' : `${shown.name} is not a machine and has no context.`}
      </p>
    );
  const before = server.value?.recording.previousSnapshot(shown.sessionId, moment.value)?.snapshot.context;
  const newest = server.value?.recording.transitionsBefore(shown.sessionId, moment.value, 1)[0];
  const root = diffJson(before ?? snapshot.context, snapshot.context);
  const changed = root.children.filter(({ change }) => change !== null).map(({ name }) => name);
  return (
    <>
      {event === null || event.type === '' ? null : (
        <p class="caused-by">
          <b>{eventText(event.type, newest?.taken.source)}</b>{' '}
          {changed.length === 0 ? 'changed nothing' : `changed ${changed.join(', ')}`}
        </p>
      )}
      <ValueTree key={shown.sessionId} label={`Context of ${shown.name}`} view="context" root={root} />
    </>
  );
}
