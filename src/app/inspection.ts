import type { Socket } from 'node:net';
import type { AnyActor, InspectionEvent } from 'xstate';
import { asciiJson } from '../domain/encode-json.ts';
import type {
  ActorReference,
  ByeMessage,
  HelloMessage,
  JsonMembers,
  LogMessage,
  LostMessage,
} from '../domain/inspection.ts';
import type { LogRecord } from '../domain/log-record.ts';
import { createMessageRing } from '../services/inspection/message-ring.ts';
import { createWatchers } from '../services/inspection/watchers.ts';
import { withoutLaterSecrets } from '../services/inspection/without-later-secrets.ts';
import { fitLine } from '../services/logging/fit-line.ts';
import { build } from './build.ts';
import type { ClientConnections } from './client-connections.ts';
import { followCalls } from './follow-calls.ts';
import { createInspectionMessages, type InspectionMessages, rootOf } from './inspection-messages.ts';
import type { LifecycleView } from './lifecycle-view.ts';
import { createPlacesASecond } from './places-a-second.ts';
import type { RootActor } from './root-actors.ts';
import { redactorFor } from './secrets.ts';
import type { ServerContext } from './server-context.ts';
import { createSessionEventLines } from './session-event-message.ts';

const mostMessages = 20_000;
/** With its index, and what is remembered to write messages, it takes at most 8 MiB. */
const mostRingBytes = 7 * 1_048_576;
/** Of all agent sessions, a second. */
const mostSessionEvents = 200;

/** What is shown of a server. */
export interface InspectedServer {
  readonly context: Pick<ServerContext, 'nodeProcess' | 'serverId' | 'startedAtMs' | 'place' | 'roots' | 'secrets'>;
  readonly lifecycle: Pick<LifecycleView, 'state' | 'phases'>;
  readonly connections: Pick<ClientConnections, 'clients' | 'subscribe'>;
  purpose?(): { readonly wrapped?: { readonly name: string } | undefined } | undefined;
}

/** Shows the charts of a server to watchers. */
export interface Inspection {
  admit(watcher: Socket): void;
  /** Records a line of the log. @param line without secrets */
  log(line: LogRecord): void;
  /** Sends the last messages, blocking. */
  leave(): void;
}

/**
 * Records what the charts of this server do, its calls and its log, from now on, and shows it to watchers. When the last watcher leaves, it ends,
 * unless it records from the start.
 * @param onEnd called when it has ended
 */
export function startInspection(
  { context, lifecycle, connections, purpose }: InspectedServer,
  since: HelloMessage['recording']['since'],
  onEnd: () => void,
): Inspection {
  const { nodeProcess, roots, secrets } = context;
  const sinceMs = Date.now();
  const redact = redactorFor(context);
  const ring = withoutLaterSecrets(createMessageRing(mostMessages, mostRingBytes), secrets);
  const chunks = new Map<string, InspectionMessages>();
  const followed = new Set<{ unsubscribe(): void }>();
  const sessionEventLine = createSessionEventLines({ redact, secrets });
  const takePlace = createPlacesASecond();

  const messagesOf = (chunk: string) => {
    const messages = chunks.get(chunk) ?? createInspectionMessages(chunk, { redact, secrets });
    chunks.set(chunk, messages);
    return messages;
  };
  /** A root actor and everything that it has started, as they are now. */
  const describe = function* ({ chunk, actor, startedBy, call }: RootActor): Generator<(id: number | null) => string> {
    const origin = { startedBy: startedBy === null ? null : wireIdOf(startedBy, roots), call };
    for (const running of withChildren(actor))
      yield (id) => messagesOf(chunk).ofActor(running, id, running === actor ? origin : undefined);
  };
  const describeEvents = function* ({ chunk, actor, sessionEvents }: RootActor) {
    for (const event of sessionEvents ?? [])
      yield (id: number | null) => sessionEventLine(`${chunk}.${actor.sessionId}`, event, id);
  };
  const record = (make: (id: number) => string) => {
    try {
      ring.push(make(ring.next));
    } catch {
      // An error thrown here would become an error of the chart that is watched.
      ring.push(lost(1, 'notReadable'));
    }
    watchers.notify();
  };
  const follow = (root: RootActor) => {
    const { chunk, actor, sessionEvents } = root;
    const messages = messagesOf(chunk);
    for (const message of describe(root)) record(message);
    const next = (event: InspectionEvent) => record((id) => messages.ofEvent(event, id));
    const looking = actor.system.inspect({ next });
    const stopListening = sessionEvents?.subscribe((event) => {
      if (takePlace(mostSessionEvents)) record((id) => sessionEventLine(`${chunk}.${actor.sessionId}`, event, id));
    });
    const following = {
      unsubscribe() {
        looking.unsubscribe();
        ending.unsubscribe();
        stopListening?.();
      },
    };
    followed.add(following);
    const forget = () => {
      followed.delete(following);
      stopListening?.();
    };
    const ending = actor.subscribe({ complete: forget, error: forget });
  };

  const hello = (): HelloMessage => ({
    type: 'maitred.hello',
    wireVersion: 1,
    serverId: context.serverId,
    pid: nodeProcess.pid,
    version: build.version,
    projectDir: redact.text(context.place.projectDir),
    ...nameOf(purpose?.()?.wrapped),
    startedAtMs: context.startedAtMs,
    state: lifecycle.state,
    phases: lifecycle.phases,
    recording: { since, sinceMs, messages: ring.next - ring.first, dropped: { ...ring.dropped } },
  });
  function* introductions(): Generator<string> {
    const all = [...roots];
    for (const root of all) for (const message of describe(root)) yield message(null);
    for (const root of all) for (const message of describeEvents(root)) yield message(null);
  }

  const watchers = createWatchers({
    ring,
    *before() {
      const { first } = ring;
      yield asciiJson(hello());
      if (ring.dropped.messages > 0) yield* introductions();
      yield* calls.introduce((newest) => newest < first);
    },
    *afterLoss(messages) {
      const firstLost = ring.next - messages;
      yield lost(messages, 'watcherTooSlow');
      yield* introductions();
      yield* calls.introduce((newest) => newest >= firstLost);
    },
    onAllGone() {
      if (since === 'greeting') return;
      stopFollowing();
      calls.stop();
      for (const subscription of followed) subscription.unsubscribe();
      onEnd();
    },
  });
  const inspection: Inspection = {
    admit: (socket: Socket) => watchers.admit(socket),
    log(line) {
      const call = calls.numberOf(line.fields.call_id);
      record((id) => logLine(line, id, call));
    },
    leave() {
      calls.stop();
      for (const { chunk, actor } of roots)
        if (actor.getSnapshot().status !== 'active') record((id) => messagesOf(chunk).ofEnd(actor, id));
      watchers.leave(asciiJson(bye));
    },
  };
  for (const root of roots) follow(root);
  // Actors are introduced before anything else.
  for (const root of roots) for (const message of describeEvents(root)) record(message);
  const stopFollowing = roots.onAdded(follow);
  const calls = followCalls({ connections, redact, secrets, sinceMs, record });
  return inspection;
}

const nameOf = (wrapped: { readonly name: string } | undefined) =>
  wrapped === undefined ? {} : { name: wrapped.name };

const bye: ByeMessage = { type: 'maitred.bye', why: 'The server has ended.' };

const lost = (messages: number, why: LostMessage['why']) =>
  asciiJson({ type: 'maitred.lost', messages, why } satisfies LostMessage);

function logLine({ atMs, level, event, fields }: LogRecord, id: number, call: number | undefined): string {
  const base = { type: 'maitred.log', createdAt: String(atMs), id: String(id), level, event } as const;
  return fitLine(fields, (fitting) =>
    asciiJson({
      ...base,
      fields: fitting as JsonMembers,
      ...(call === undefined ? {} : { call }),
    } satisfies LogMessage),
  );
}

/** The id on the wire of an actor that has started another; null where its root has ended. */
function wireIdOf(actor: ActorReference, roots: Iterable<RootActor>): string | null {
  const top = rootOf(actor as AnyActor);
  for (const root of roots) if (root.actor === top) return `${root.chunk}.${actor.sessionId}`;
  return null;
}

/** An actor, and all actors that it has started and that still run. */
function* withChildren(actor: AnyActor): Generator<AnyActor> {
  yield actor;
  const { children = {} } = actor.getSnapshot() as { readonly children?: Readonly<Record<string, AnyActor>> };
  for (const child of Object.values(children)) yield* withChildren(child);
}
