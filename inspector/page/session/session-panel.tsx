import type { TargetedKeyboardEvent } from 'preact';
import { useRef } from 'preact/hooks';
import { shortName } from '../../../src/domain/short-name.ts';
import type { ActorAt } from '../../model/recording.ts';
import type { Timeline } from '../../model/session-timeline.ts';
import { actor, chooseActor, server } from '../page-state.ts';
import { NoteView } from './note-view.tsx';
import { SessionHead } from './session-head.tsx';
import { isRunning, session, sessions, timeline } from './shown-session.ts';
import { TurnView } from './turn-view.tsx';
import { useFollowedEnd } from './use-followed-end.ts';

/** What the agent of the chosen session has done up to the moment: its turns, and what happened beside them. */
export function SessionPanel() {
  const shown = session.value;
  if (shown === null || timeline.value === null) return <NoSession />;
  return (
    <div class="session">
      <SessionHead session={shown} timeline={timeline.value} />
      <Entries key={`${server.value?.id} ${shown.sessionId}`} session={shown} timeline={timeline.value} />
    </div>
  );
}

interface EntriesProps {
  readonly session: ActorAt;
  readonly timeline: Timeline;
}

function Entries({ session: { name }, timeline: { entries } }: EntriesProps) {
  const box = useRef<HTMLElement>(null);
  useFollowedEnd(box, entries);
  return (
    <section
      class="timeline"
      aria-label={`Timeline of ${shortName(name)}`}
      tabIndex={-1}
      data-view="session"
      ref={box}
      onKeyDown={moveFocus}
    >
      {entries.length === 0 ? (
        <p class="quiet">
          {isRunning.value ? 'The agent has reported nothing yet.' : 'Nothing is known of what the agent did.'}
        </p>
      ) : null}
      <ol>
        {entries.map((entry) => (
          <li key={`${entry.kind} ${entry.key}`} class={entry.kind}>
            {entry.kind === 'turn' ? <TurnView turn={entry} /> : <NoteView note={entry} />}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The arrows go to the text or tool call above or below that can be opened. */
function moveFocus(event: TargetedKeyboardEvent<HTMLElement>): void {
  const { key, target, currentTarget } = event;
  const isUp = key === 'ArrowUp';
  const all = [...currentTarget.querySelectorAll('summary')];
  const at = target instanceof HTMLElement ? all.indexOf(target) : -1;
  // Within what is open, the arrows are those of its value.
  if ((!isUp && key !== 'ArrowDown') || (at < 0 && target !== currentTarget)) return;
  event.preventDefault();
  const next = isUp ? (at < 0 ? all.length : at) - 1 : at + 1;
  all[next]?.focus();
}

/** Says that the chosen actor belongs to no session, and offers those that there are. */
function NoSession() {
  const name = actor.value === null ? null : shortName(actor.value.name);
  return (
    <div class="session nothing" data-view="session" tabIndex={-1}>
      <p class="quiet">
        {sessions.value.length === 0
          ? 'No agent session has begun at this moment.'
          : `${name ?? 'The chosen actor'} belongs to no agent session. Choose one:`}
      </p>
      <ul>
        {sessions.value.map((each) => (
          <li key={each.sessionId}>
            <button type="button" class="button" onClick={() => chooseActor(server.value?.id ?? '', each.sessionId)}>
              <span class={`sign machine ${each.snapshot.snapshot.status}`} aria-hidden="true" />
              {shortName(each.name)}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
