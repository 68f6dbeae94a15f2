import type { AnyActor, AnyActorRef, AnyMachineSnapshot, InspectionEvent, Snapshot } from 'xstate';
import {
  type ActorMessage,
  type ChartMessage,
  inspectionWireVersion,
  type Json,
  type SeenEvent,
  type SeenSnapshot,
  type TakenTransition,
} from '../domain/inspection.ts';
import {
  createReadableCopy,
  definitionLimits,
  type ReadableCopy,
  type ReadableCopyDeps,
} from '../services/inspection/copy-readably.ts';

/** Says in messages what XState tells of the actors of one part of the program. */
export interface InspectionMessages {
  /** @param id the number of the message */
  ofEvent(event: InspectionEvent, id: string): ChartMessage;
  /** How an actor is now, for somebody who has not seen it begin. */
  ofActor(actor: AnyActor, id: string | null): ActorMessage;
  /** What XState does not tell of a last state when the process ends with it. */
  ofEnd(actor: AnyActor, id: string): ChartMessage;
}

/** What is read of an actor, whichever copy of XState has made it. */
interface SeenActor extends AnyActorRef {
  readonly logic?: { readonly config?: unknown; readonly id?: unknown; readonly root?: unknown };
  readonly systemId?: string;
}

/** @param part stands before the session ids: every part has a copy of XState of its own, and each begins to count anew */
export function createInspectionMessages(
  part: string,
  deps: Pick<ReadableCopyDeps, 'redact' | 'secrets'>,
): InspectionMessages {
  const onWire = (sessionId: string) => `${part}.${sessionId}`;
  const sessionIdOf = ({ sessionId }: { readonly sessionId: string }) => onWire(sessionId);
  const seenReference = (actor: AnyActorRef): Json => ({
    xstate$$type: 1,
    id: copy.text(actor.id),
    sessionId: sessionIdOf(actor),
  });
  const copy = createReadableCopy({ ...deps, standIn: (value) => (isActor(value) ? seenReference(value) : null) });
  const definitions = createDefinitions(copy);

  const base = (sessionId: string, rootId: string, id: string | null) => ({
    _version: inspectionWireVersion,
    createdAt: String(Date.now()),
    id,
    sessionId: onWire(sessionId),
    rootId: onWire(rootId),
  });

  const describe = (actor: SeenActor, rootId: string, id: string | null, snapshot: SeenSnapshot): ActorMessage => {
    const { logic, src, systemId } = actor;
    const name = actor.id === actor.sessionId && typeof logic?.id === 'string' ? logic.id : actor.id;
    return {
      type: '@xstate.actor',
      ...base(actor.sessionId, rootId, id),
      name: copy.text(name),
      ...(actor._parent === undefined ? {} : { parentId: sessionIdOf(actor._parent) }),
      ...(systemId === undefined ? {} : { systemId: copy.text(systemId) }),
      kind: logic?.root === undefined ? 'work' : 'machine',
      src: typeof src === 'string' ? copy.text(src) : typeof logic?.id === 'string' ? copy.text(logic.id) : null,
      definition: definitions.of(logic?.config, name),
      snapshot,
    };
  };

  const seenEvent = (event: { readonly type: string }): SeenEvent => {
    const seen = copy.of(event) as SeenEvent;
    // Of an event that was too much to be copied as it is, the type stays in its place.
    return typeof seen.type === 'string' ? seen : { ...seen, type: copy.text(event.type) };
  };

  const seenSnapshot = (snapshot: Snapshot<unknown>): SeenSnapshot => {
    const { status } = snapshot;
    const { output, error } = snapshot;
    const ended = {
      ...(output === undefined ? {} : { output: copy.of(output) }),
      ...(error === undefined ? {} : { error: copy.of(error) }),
    };
    if (!isOfMachine(snapshot)) {
      const { input } = snapshot as { readonly input?: unknown };
      return { status, ...(input === undefined ? {} : { input: copy.of(input) }), ...ended };
    }
    const { value, context, children, tags } = snapshot;
    return {
      status,
      value: copy.of(value, 'value'),
      context: copy.of(context),
      children: Object.fromEntries(
        Object.values(children as Readonly<Record<string, AnyActorRef>>).map((child) => {
          return [copy.text(child.id), seenReference(child)];
        }),
      ),
      tags: [...tags].map(copy.text),
      ...ended,
    };
  };

  const taken = ({ source, eventType, target }: Transition): TakenTransition => ({
    source: copy.text(source.id),
    event: copy.text(eventType),
    targets: (target ?? []).map(({ id }) => copy.text(id)),
  });

  return {
    ofActor: (actor, id) =>
      describe(actor as SeenActor, rootOf(actor).sessionId, id, seenSnapshot(actor.getSnapshot())),
    ofEnd: (actor, id) => ({
      type: '@xstate.snapshot',
      ...base(actor.sessionId, rootOf(actor).sessionId, id),
      event: { type: '' },
      snapshot: seenSnapshot(actor.getSnapshot()),
    }),
    ofEvent(event, id) {
      const actor = event.actorRef as SeenActor;
      const of = base(actor.sessionId, event.rootId, id);
      switch (event.type) {
        case '@xstate.actor':
          // It is just being made, and has no snapshot yet.
          return describe(actor, event.rootId, id, { status: 'active' });
        case '@xstate.event': {
          const source = event.sourceRef as SeenActor | undefined;
          const seen = { type: event.type, ...of, event: seenEvent(event.event) };
          return source === undefined ? seen : { ...seen, sourceId: sessionIdOf(source) };
        }
        case '@xstate.snapshot':
          return {
            type: event.type,
            ...of,
            event: seenEvent(event.event),
            snapshot: seenSnapshot(event.snapshot),
          };
        case '@xstate.microstep':
        case '@xstate.transition':
          return {
            type: event.type,
            ...of,
            event: { type: copy.text(event.event.type) },
            status: event.snapshot.status,
            value: copy.of((event.snapshot as { readonly value?: unknown }).value ?? null, 'value'),
            transitions: '_transitions' in event ? event._transitions.map(taken) : [],
          };
        case '@xstate.action': {
          const { type, params } = event.action;
          const action = { type: copy.text(type), ...(params === undefined ? {} : { params: copy.of(params) }) };
          return { type: event.type, ...of, action };
        }
      }
    },
  };
}

type Transition = Extract<InspectionEvent, { type: '@xstate.microstep' }>['_transitions'][number];

/** Of whichever copy of XState. */
const isActor = (value: object): value is AnyActorRef =>
  'sessionId' in value && 'logic' in value && 'system' in value && 'getSnapshot' in value;

const isOfMachine = (snapshot: Snapshot<unknown>): snapshot is AnyMachineSnapshot => 'machine' in snapshot;

function rootOf(actor: AnyActorRef): AnyActorRef {
  let root = actor;
  while (root._parent !== undefined) root = root._parent;
  return root;
}

/** A configuration is long and does not change: its text is made once, and again when more secrets are known. */
function createDefinitions(copy: ReadableCopy) {
  const made = new WeakMap<object, { readonly text: string; readonly secrets: number }>();
  return {
    of(config: unknown, name: string): string {
      if (typeof config !== 'object' || config === null) return JSON.stringify({ id: copy.text(name) });
      const before = made.get(config);
      if (before?.secrets === copy.secretsKnown) return before.text;
      const text = JSON.stringify(copy.of(config, 'node', definitionLimits));
      made.set(config, { text, secrets: copy.secretsKnown });
      return text;
    },
  };
}
