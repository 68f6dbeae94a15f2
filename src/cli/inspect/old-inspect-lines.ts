import { encodeJson } from '../../domain/encode-json.ts';
import type {
  ActorMessage,
  InspectionMessage,
  Json,
  JsonMembers,
  SeenEvent,
  SeenSnapshot,
} from '../../domain/inspection.ts';
import { isJsonObject } from '../../domain/json-object.ts';
import { printable } from '../../domain/printable-text.ts';

/**
 * Translates messages for receivers of @xstate/inspect 0.8: one JSON object a line. They know XState 4 only, so guards, actions, delays,
 * errors, steps and calls are lost, and an actor without a chart becomes a chart of four states.
 * @param serverId prefixes the session ids: a receiver may get several servers
 */
export function createOldInspectLines(serverId: string): (message: InspectionMessage) => readonly string[] {
  const initials = new Map<string, unknown>();
  const oldId = (sessionId: string) => `${serverId}/${sessionId}`;

  const register = ({ name, definition, kind, snapshot, sessionId, parentId }: ActorMessage): object => {
    const machine = toOldMachine(definition, kind === 'machine');
    const { initial = {} } = machine;
    initials.set(sessionId, initial);
    return {
      type: 'service.register',
      machine: encodeJson(machine),
      state: oldState(snapshot, initial, { type: 'xstate.init' }),
      id: name,
      sessionId: oldId(sessionId),
      parent: parentId === undefined ? undefined : oldId(parentId),
    };
  };

  const translate = (message: InspectionMessage): readonly object[] => {
    if (message.type === '@xstate.actor')
      return initials.has(message.sessionId)
        ? []
        : [register(message), ...stopIfEnded(message.snapshot, oldId(message.sessionId))];
    if (message.type !== '@xstate.event' && message.type !== '@xstate.snapshot') return [];
    const initial = initials.get(message.sessionId);
    if (initial === undefined) return [];
    const sessionId = oldId(message.sessionId);
    if (message.type === '@xstate.event')
      return [{ type: 'service.event', event: encodeJson(scxml(message.event)), sessionId }];
    const state = oldState(message.snapshot, initial, message.event);
    return [{ type: 'service.state', state, sessionId }, ...stopIfEnded(message.snapshot, sessionId)];
  };

  return (message) => translate(message).map((old) => printable(encodeJson(old)));
}

const stopIfEnded = ({ status }: SeenSnapshot, sessionId: string) =>
  status === 'active' ? [] : [{ type: 'service.stop', sessionId }];

const scxml = (event: SeenEvent) => ({ name: event.type, data: event, $$type: 'scxml', type: 'external' });

/** The members of an XState 4 state that receivers read. @param initial stands for an unknown value */
function oldState({ status, value, context, output, tags }: SeenSnapshot, initial: unknown, event: SeenEvent): string {
  return encodeJson({
    value: value ?? (status === 'active' ? initial : status),
    context: context ?? { output },
    event,
    _event: scxml(event),
    _sessionid: null,
    actions: [],
    activities: {},
    meta: {},
    events: [],
    configuration: [],
    transitions: [],
    children: {},
    tags: tags ?? [],
    done: status === 'done',
  });
}

/** An XState 4 configuration, as far as a picture needs it. `predictableActionArguments` prevents a warning in the receiver's console. */
function toOldMachine(definition: string, isMachine: boolean): Readonly<Record<string, unknown>> {
  const root = asObject(JSON.parse(definition));
  const node = isMachine ? oldNode(root) : { id: asText(root.id), initial: 'active', states: workStates };
  return { ...node, predictableActionArguments: true };
}

const workStates = { active: {}, done: { type: 'final' }, error: { type: 'final' }, stopped: { type: 'final' } };

/** Members without a value are undefined, so that they are not in the JSON. */
const oldNode = (node: JsonMembers): { readonly initial: string | undefined; readonly [key: string]: unknown } => ({
  id: asText(node.id),
  type: asText(node.type),
  initial: asText(node.initial),
  states: mapMembers(node.states, (state) => oldNode(asObject(state))),
  on: mapMembers(node.on, oldTransitions),
  always: oldTransitions(node.always),
  invoke: asList(node.invoke).map((invoke) => oldInvoke(asObject(invoke))),
});

const oldInvoke = ({ id, src, onDone, onError }: JsonMembers) => ({
  id: asText(id),
  src: asText(src) ?? 'work',
  onDone: oldTransitions(onDone),
  onError: oldTransitions(onError),
});

/** A transition is a target, an object that may have one, or a list of either. */
function oldTransitions(transitions: Json | undefined): readonly object[] | undefined {
  if (transitions === undefined) return undefined;
  return asList(transitions).map((transition) => {
    const target = typeof transition === 'string' ? transition : asObject(transition).target;
    const targets = asList(target).filter((one) => typeof one === 'string');
    return targets.length === 0 ? {} : { target: targets };
  });
}

const asObject = (value: Json): JsonMembers => (isJsonObject(value) ? (value as JsonMembers) : {});

const asList = (value: Json | undefined): readonly Json[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as Json];

const asText = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

const mapMembers = <To>(value: Json | undefined, map: (member: Json) => To): object | undefined =>
  value === undefined
    ? undefined
    : Object.fromEntries(Object.entries(asObject(value)).map(([key, member]) => [key, map(member)]));
