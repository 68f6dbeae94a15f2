import type { ActorMessage, InspectionMessage, SeenEvent, SeenSnapshot } from '../../domain/inspection.ts';
import { printable } from '../../domain/printable-text.ts';
import { toOldMachine } from './to-old-machine.ts';

/**
 * Says what charts do as @xstate/inspect 0.8 says it, for its receivers: JSON, a line for each message. They know the charts of XState 4 only, so
 * this is lossy: guards, actions, delays, errors, steps and calls are left out, and whatever is no machine becomes one of four states.
 * @param serverId stands before the session ids: a receiver may be given several servers
 */
export function createOldInspectLines(serverId: string): (message: InspectionMessage) => readonly string[] {
  const registered = new Map<string, Registered>();

  const register = (message: ActorMessage): readonly object[] => {
    const { name, definition, snapshot, parentId } = message;
    const sessionId = `${serverId}/${message.sessionId}`;
    const machine = toOldMachine(definition, message.kind === 'machine');
    registered.set(message.sessionId, { sessionId, initial: machine.initial ?? {} });
    const state = oldState(snapshot, machine.initial ?? {}, { type: 'xstate.init' });
    const parent = parentId === undefined ? {} : { parent: `${serverId}/${parentId}` };
    return [
      { type: 'service.register', machine: JSON.stringify(machine), state, id: name, sessionId, ...parent },
      ...policy(snapshot, sessionId),
    ];
  };

  const say = (message: InspectionMessage): readonly object[] => {
    if (message.type === '@xstate.actor') return registered.has(message.sessionId) ? [] : register(message);
    if (message.type !== '@xstate.event' && message.type !== '@xstate.snapshot') return [];
    const of = registered.get(message.sessionId);
    if (of === undefined) return [];
    const { sessionId, initial } = of;
    if (message.type === '@xstate.event') return [{ type: 'service.event', event: oldEvent(message.event), sessionId }];
    const state = oldState(message.snapshot, initial, message.event);
    return [{ type: 'service.state', state, sessionId }, ...policy(message.snapshot, sessionId)];
  };

  return (message) => say(message).map((said) => printable(JSON.stringify(said)));
}

interface Registered {
  readonly sessionId: string;
  /** What stands for a state that is not known yet. */
  readonly initial: unknown;
}

const policy = ({ status }: SeenSnapshot, sessionId: string) =>
  status === 'active' ? [] : [{ type: 'service.stop', sessionId }];

const scxml = (event: SeenEvent) => ({ name: event.type, data: event, $$type: 'scxml', type: 'external' });

const oldEvent = (event: SeenEvent) => JSON.stringify(scxml(event));

/** As much of a state of XState 4 as its receivers read. */
function oldState({ status, value, context, output, tags }: SeenSnapshot, initial: unknown, event: SeenEvent): string {
  return JSON.stringify({
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
