import type { AnyActor, AnyActorRef, AnyMachineSnapshot, InspectionEvent, Snapshot } from 'xstate';
import { asciiJson } from '../domain/encode-json.ts';
import { type ActorKind, type ChartMessage, inspectionWireVersion, type SeenEvent } from '../domain/inspection.ts';
import {
  createReadableCopy,
  definitionLimits,
  type ReadableCopy,
  type ReadableCopyDeps,
} from '../services/inspection/copy-readably.ts';

/**
 * Turns XState's inspection events of one chunk of the program into messages. They are written as the text that is sent: making an object for each
 * first would double the cost.
 */
export interface InspectionMessages {
  /** @param id the number of the message; null: it describes the present state and is not part of the stream */
  ofEvent(event: InspectionEvent, id: number): string;
  /**
   * How an actor is now, for a watcher that has not seen it start.
   * @param origin what asked for it
   */
  ofActor(actor: AnyActor, id: number | null, origin?: ActorOrigin): string;
  /** The last state, which XState does not report when the process ends with it. */
  ofEnd(actor: AnyActor, id: number): string;
}

/** What asked for an actor without a parent. */
export interface ActorOrigin {
  /** The id on the wire of another actor. */
  readonly startedBy: string | null;
  /** The number of a call. */
  readonly call: number | null;
}

const noOrigin: ActorOrigin = { startedBy: null, call: null };

/** What is read of an actor, whichever copy of XState has made it. */
interface SeenActor extends AnyActorRef {
  readonly logic?: { readonly config?: unknown; readonly id?: unknown };
  readonly systemId?: string;
}

/** What is remembered of an actor between two messages. */
interface Remembered {
  /** The members of a message that identify the actor. */
  readonly whom: string;
  /** The event that was sent to it last, which it has not dealt with yet. */
  sent: { readonly event: object; readonly text: string; readonly secretsKnown: number } | null;
}

/** @param chunk the prefix of the session ids: every chunk has its own copy of XState, and each counts from 0 */
export function createInspectionMessages(
  chunk: string,
  deps: Pick<ReadableCopyDeps, 'redact' | 'secrets'>,
): InspectionMessages {
  const onWire = (sessionId: string) => asciiJson(`${chunk}.${sessionId}`);
  const seenReference = ({ id, sessionId }: AnyActorRef) =>
    `{"xstate$$type":1,"id":${copy.text(id)},"sessionId":${onWire(sessionId)}}`;
  const copy = createReadableCopy({ ...deps, standIn: (value) => (isActor(value) ? seenReference(value) : null) });
  const definitions = createDefinitions(copy);
  const actors = new WeakMap<AnyActorRef, Remembered>();

  const remember = (actor: AnyActorRef, rootId: string): Remembered => {
    const whom = `"sessionId":${onWire(actor.sessionId)},"rootId":${onWire(rootId)}`;
    const remembered: Remembered = { whom, sent: null };
    actors.set(actor, remembered);
    return remembered;
  };

  const begin = (type: ChartMessage['type'], { whom }: Remembered, id: number | null) =>
    `{"type":"${type}","_version":"${inspectionWireVersion}","createdAt":"${Date.now()}","id":${id === null ? 'null' : `"${id}"`},${whom}`;

  const describe = (
    actor: SeenActor,
    of: Remembered,
    id: number | null,
    snapshot: string,
    { startedBy, call }: ActorOrigin = noOrigin,
  ): string => {
    const { logic, src, systemId, _parent: parent } = actor;
    const name = actor.id === actor.sessionId && typeof logic?.id === 'string' ? logic.id : actor.id;
    const source = typeof src === 'string' ? src : logic?.id;
    return [
      `${begin('@xstate.actor', of, id)},"name":${copy.text(name)}`,
      ...(parent === undefined ? [] : [`"parentId":${onWire(parent.sessionId)}`]),
      ...(startedBy === null ? [] : [`"startedBy":${asciiJson(startedBy)}`]),
      ...(call === null ? [] : [`"call":${call}`]),
      ...(systemId === undefined ? [] : [`"systemId":${copy.text(systemId)}`]),
      `"kind":"${kindOfActor(logic)}"`,
      `"src":${typeof source === 'string' ? copy.text(source) : 'null'}`,
      `"definition":${definitions.of(logic?.config, name)}`,
      `"snapshot":${snapshot}}`,
    ].join(',');
  };

  const seenEvent = (event: { readonly type: string }): string => {
    const text = copy.of(event);
    if (!text.includes('"$type"')) return text;
    // Of an event that was too much to be copied as it is, the type stays in its place.
    const seen = JSON.parse(text) as Partial<SeenEvent>;
    return typeof seen.type === 'string' ? text : `${text.slice(0, -1)},"type":${copy.text(event.type)}}`;
  };
  /** An event is copied when it is sent; what an actor has dealt with is that one. */
  const sentEvent = (of: Remembered, event: { readonly type: string }): string => {
    const text = seenEvent(event);
    of.sent = { event, text, secretsKnown: copy.secretsKnown };
    return text;
  };
  const dealtEvent = (of: Remembered, event: { readonly type: string }): string => {
    const { sent } = of;
    of.sent = null;
    return sent?.event === event && sent.secretsKnown === copy.secretsKnown ? sent.text : seenEvent(event);
  };

  const seenSnapshot = (snapshot: Snapshot<unknown>): string => {
    const { status, output, error } = snapshot;
    let text = `{"status":"${status}"`;
    if (isOfMachine(snapshot)) {
      const { value, context, children, tags } = snapshot;
      text += `,"value":${copy.of(value, 'value')},"context":${copy.of(context)},"children":{${seenChildren(children)}}`;
      text += `,"tags":[${[...tags].map(copy.text)}]`;
    } else {
      const { input } = snapshot as { readonly input?: unknown };
      if (input !== undefined) text += `,"input":${copy.of(input)}`;
    }
    if (output !== undefined) text += `,"output":${copy.of(output)}`;
    if (error !== undefined) text += `,"error":${copy.of(error)}`;
    return `${text}}`;
  };
  const seenChildren = (children: object) =>
    Object.values(children as Readonly<Record<string, AnyActorRef>>).map(
      (child) => `${copy.text(child.id)}:${seenReference(child)}`,
    );

  const seenTransition = ({ source, eventType, target }: Transition) =>
    `{"source":${copy.text(source.id)},"event":${copy.text(eventType)},"targets":[${(target ?? []).map(({ id }) => copy.text(id))}]}`;

  return {
    ofActor: (actor, id, origin) => {
      const of = actors.get(actor) ?? remember(actor, rootOf(actor).sessionId);
      return describe(actor as SeenActor, of, id, seenSnapshot(actor.getSnapshot()), origin);
    },
    ofEnd: (actor, id) => {
      const of = actors.get(actor) ?? remember(actor, rootOf(actor).sessionId);
      return `${begin('@xstate.snapshot', of, id)},"event":{"type":""},"snapshot":${seenSnapshot(actor.getSnapshot())}}`;
    },
    ofEvent(event, id) {
      const { type } = event;
      const actor = event.actorRef as SeenActor;
      const of = actors.get(actor) ?? remember(actor, event.rootId);
      switch (type) {
        case '@xstate.actor':
          // It is just being made, and has no snapshot yet.
          return describe(actor, of, id, '{"status":"active"}');
        case '@xstate.event': {
          const { sourceRef: source } = event;
          const from = source === undefined ? '' : `,"sourceId":${onWire(source.sessionId)}`;
          return `${begin(type, of, id)},"event":${sentEvent(of, event.event)}${from}}`;
        }
        case '@xstate.snapshot':
          return `${begin(type, of, id)},"event":${dealtEvent(of, event.event)},"snapshot":${seenSnapshot(event.snapshot)}}`;
        case '@xstate.microstep':
        case '@xstate.transition': {
          const { status, value = null } = event.snapshot as { readonly status: string; readonly value?: unknown };
          const transitions = '_transitions' in event ? event._transitions.map(seenTransition) : [];
          return `${begin(type, of, id)},"event":{"type":${copy.text(event.event.type)}},"status":"${status}","value":${copy.of(value, 'value')},"transitions":[${transitions}]}`;
        }
        case '@xstate.action': {
          const { action } = event;
          const params = action.params === undefined ? '' : `,"params":${copy.of(action.params)}`;
          return `${begin(type, of, id)},"action":{"type":${copy.text(action.type)}${params}}}`;
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

export function rootOf(actor: AnyActorRef): AnyActorRef {
  let root = actor;
  while (root._parent !== undefined) root = root._parent;
  return root;
}

/** A configuration is long and does not change: its text is made once, and again when more secrets are known. */
function createDefinitions(copy: ReadableCopy) {
  const made = new WeakMap<object, { readonly text: string; readonly secretsKnown: number }>();
  return {
    /** @returns JSON text of the JSON text */
    of(config: unknown, name: string): string {
      if (typeof config !== 'object' || config === null) return asciiJson(`{"id":${copy.text(name)}}`);
      const before = made.get(config);
      if (before?.secretsKnown === copy.secretsKnown) return before.text;
      const text = asciiJson(copy.of(config, 'node', definitionLimits));
      made.set(config, { text, secretsKnown: copy.secretsKnown });
      return text;
    },
  };
}

/** The members of the logic that XState 5's functions make, in their order. */
const kinds: Readonly<Record<string, ActorKind>> = {
  'config transition start getInitialSnapshot getPersistedSnapshot restoreSnapshot': 'promise',
  'config start transition getInitialSnapshot getPersistedSnapshot restoreSnapshot': 'callback',
  'config transition getInitialSnapshot start getPersistedSnapshot restoreSnapshot': 'observable',
};

/** Tells the kind of an actor by the member names of its logic, because XState marks it in no other way. Calls none of its functions. */
function kindOfActor(logic: object | undefined): ActorKind {
  if (logic === undefined) return 'work';
  return 'root' in logic ? 'machine' : (kinds[Object.keys(logic).join(' ')] ?? 'work');
}
