import type { Socket } from 'node:net';
import type { AnyActor, InspectionEvent } from 'xstate';
import type { ByeMessage, HelloMessage, LostMessage } from '../domain/inspection.ts';
import { asciiJson } from '../services/inspection/ascii-json.ts';
import { createMessageRing } from '../services/inspection/message-ring.ts';
import { createWatchers } from '../services/inspection/watchers.ts';
import { withoutLaterSecrets } from '../services/inspection/without-later-secrets.ts';
import { build } from './build.ts';
import type { Door, Inspection } from './door.ts';
import { followCalls, type SeenAdmission } from './follow-calls.ts';
import { createInspectionMessages, type InspectionMessages } from './inspection-messages.ts';
import type { RootActor } from './root-actors.ts';
import { redactorFor } from './secrets.ts';

export { build } from './build.ts';

const mostMessages = 20_000;
/** With its index, and what is remembered to write messages, it takes at most 8 MiB. */
const mostRingBytes = 7 * 1_048_576;

/** The part of a server that is looked at, as far as this file needs it. */
export type InspectedServer = Pick<
  Door,
  'host' | 'serverId' | 'startedAtMs' | 'place' | 'view' | 'roots' | 'secrets' | 'inspection'
> & { readonly front: { readonly admission: SeenAdmission } };

/**
 * Records what the charts of this server do and which calls it has, from now on, and shows it to watchers. It gives itself to the door, and takes itself away when
 * the last watcher leaves, unless it records from the greeting on.
 */
export function startInspection(door: InspectedServer, since: HelloMessage['recording']['since']): Inspection {
  const { host, roots, secrets } = door;
  const sinceMs = Date.now();
  const redact = redactorFor(door);
  const ring = withoutLaterSecrets(createMessageRing(mostMessages, mostRingBytes), secrets);
  const parts = new Map<string, InspectionMessages>();
  const followed = new Set<{ unsubscribe(): void }>();

  const messagesOf = (part: string) => {
    const messages = parts.get(part) ?? createInspectionMessages(part, { redact, secrets });
    parts.set(part, messages);
    return messages;
  };
  const record = (make: (id: number) => string) => {
    try {
      ring.push(make(ring.next));
    } catch {
      // Thrown here, it would be an error of the chart that is looked at.
      ring.push(lost(1, 'notReadable'));
    }
    watchers.notify();
  };
  const follow = ({ part, actor }: RootActor) => {
    const messages = messagesOf(part);
    for (const living of withChildren(actor)) record((id) => messages.ofActor(living, id));
    const next = (event: InspectionEvent) => record((id) => messages.ofEvent(event, id));
    const looking = actor.system.inspect({ next });
    const following = {
      unsubscribe() {
        looking.unsubscribe();
        ending.unsubscribe();
      },
    };
    followed.add(following);
    const forget = () => void followed.delete(following);
    const ending = actor.subscribe({ complete: forget, error: forget });
  };

  const hello = (): HelloMessage => ({
    type: 'maitred.hello',
    wireVersion: 1,
    serverId: door.serverId,
    pid: host.pid,
    version: build.version,
    projectDir: redact.text(door.place.projectDir),
    startedAtMs: door.startedAtMs,
    state: door.view.state,
    phases: door.view.phases,
    recording: { since, sinceMs, messages: ring.next - ring.first, dropped: { ...ring.dropped } },
  });
  function* introductions(): Generator<string> {
    for (const { part, actor } of [...roots])
      for (const living of withChildren(actor)) yield messagesOf(part).ofActor(living, null);
    yield calls.asOfNow();
  }

  const watchers = createWatchers({
    ring,
    *before() {
      yield asciiJson(hello());
      if (ring.dropped.messages > 0) yield* introductions();
    },
    *afterLoss(messages) {
      yield lost(messages, 'watcherTooSlow');
      yield* introductions();
    },
    onAllGone() {
      if (since === 'greeting') return;
      stopFollowing();
      calls.stop();
      for (const subscription of followed) subscription.unsubscribe();
      door.inspection = null;
    },
  });
  const inspection: Inspection = {
    admit: (socket: Socket) => watchers.admit(socket),
    leave() {
      calls.stop();
      for (const { part, actor } of roots)
        if (actor.getSnapshot().status !== 'active') record((id) => messagesOf(part).ofEnd(actor, id));
      watchers.leave(asciiJson(bye));
    },
  };
  for (const root of roots) follow(root);
  const stopFollowing = roots.onAdded(follow);
  const calls = followCalls({ admission: door.front.admission, redact, secrets, record });
  door.inspection = inspection;
  return inspection;
}

const bye: ByeMessage = { type: 'maitred.bye', why: 'The server has left.' };

const lost = (messages: number, why: LostMessage['why']) =>
  asciiJson({ type: 'maitred.lost', messages, why } satisfies LostMessage);

/** An actor, and all that it has started and that is still there. */
function* withChildren(actor: AnyActor): Generator<AnyActor> {
  yield actor;
  const { children = {} } = actor.getSnapshot() as { readonly children?: Readonly<Record<string, AnyActor>> };
  for (const child of Object.values(children)) yield* withChildren(child);
}
