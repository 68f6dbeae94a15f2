import { describe, expect, it } from 'vitest';
import {
  type AnyActorLogic,
  type AnyActorRef,
  assign,
  createActor,
  createMachine,
  emit,
  fromCallback,
  fromEventObservable,
  fromObservable,
  fromPromise,
  fromTransition,
} from 'xstate';
import { createInspectionMessages } from '../../src/app/inspection-messages.ts';
import type { ChartMessage } from '../../src/domain/inspection.ts';
import { createRedactor } from '../../src/domain/redact.ts';

/** Starts an actor, and gives everything that is said of it and its children. */
function follow(logic: AnyActorLogic, secrets = new Set<string>()) {
  const said: ChartMessage[] = [];
  const messages = createInspectionMessages('test', { redact: createRedactor(secrets), secrets });
  const inspect = {
    next: (event: Parameters<typeof messages.ofEvent>[0]) => say(messages.ofEvent(event, said.length)),
  };
  const say = (text: string) => void said.push(JSON.parse(text));
  const actor = createActor(logic, { inspect });
  actor.subscribe({ error: () => undefined });
  actor.start();
  const of = <Type extends ChartMessage['type']>(type: Type) =>
    said.filter((message) => message.type === type) as Extract<ChartMessage, { type: Type }>[];
  /** Sent and dealt with, but the first one, which XState makes. */
  const events = () =>
    [...of('@xstate.event'), ...of('@xstate.snapshot')]
      .map(({ event }) => event)
      .filter(({ type }) => type !== 'xstate.init');
  return { actor, said, of, events };
}

describe('The messages about a chart', () => {
  const door = createMachine({
    id: 'door',
    context: { opened: 0 },
    initial: 'shut',
    states: {
      shut: { on: { OPEN: { target: 'open', actions: [assign({ opened: 1 }), 'creak'] } } },
      open: { tags: 'draughty', invoke: { id: 'wind', src: fromPromise(async () => undefined) } },
    },
  }).provide({ actions: { creak: emit({ type: 'noise' }) } });

  it('have the shape of their kind, and every kind occurs', () => {
    const { actor, said, of } = follow(door);
    actor.send({ type: 'OPEN', how: 'wide' });
    const sessionId = `test.${actor.sessionId}`;
    const base = { _version: '0.7.2', createdAt: expect.stringMatching(/^\d+$/), rootId: sessionId };
    expect(said[0]).toEqual({
      ...base,
      type: '@xstate.actor',
      id: '0',
      sessionId,
      name: 'door',
      kind: 'machine',
      src: 'door',
      definition: expect.stringContaining('"initial":"shut"'),
      snapshot: { status: 'active' },
    });
    const whom = { ...base, id: expect.stringMatching(/^\d+$/), sessionId };
    const event = { type: 'OPEN', how: 'wide' };
    expect(of('@xstate.event')).toContainEqual({ ...whom, type: '@xstate.event', event });
    expect(of('@xstate.microstep')).toContainEqual({
      ...whom,
      type: '@xstate.microstep',
      event: { type: 'OPEN' },
      status: 'active',
      value: 'open',
      transitions: [{ source: 'door.shut', event: 'OPEN', targets: ['door.open'] }],
    });
    const [child] = of('@xstate.actor').slice(1);
    expect(child).toMatchObject({ name: 'wind', parentId: sessionId, kind: 'promise' });
    expect(of('@xstate.snapshot')).toContainEqual({
      ...whom,
      type: '@xstate.snapshot',
      event,
      snapshot: {
        status: 'active',
        value: 'open',
        context: { opened: 1 },
        children: { wind: { xstate$$type: 1, id: 'wind', sessionId: child?.sessionId } },
        tags: ['draughty'],
      },
    });
    expect(said.map(({ id }) => id)).toEqual(said.map((_, at) => String(at)));
  });

  it('keep the type of an event that is too large to be copied', () => {
    const { actor, events } = follow(createMachine({}));
    actor.send({ ...Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`key${at}`, at])), type: 'BIG' });
    const told = expect.objectContaining({ $type: 'Object', size: 201, type: 'BIG' });
    expect(events()).toEqual([told, told]);
  });
});

it('The definition of a chart holds nothing that has become a secret since it was sent', () => {
  const secrets = new Set<string>();
  const logic = createMachine({ description: 'it says a-new-secret' });
  const messages = createInspectionMessages('test', { redact: createRedactor(secrets), secrets });
  const actor = createActor(logic);
  expect(messages.ofActor(actor, null)).toContain('a-new-secret');
  secrets.add('a-new-secret');
  expect(messages.ofActor(actor, null)).not.toContain('a-new-secret');
});

describe('An event', () => {
  const quiet = createMachine({});

  it('is recorded as it was when it was sent, each time that it is sent', () => {
    const { actor, events } = follow(quiet);
    const event = { type: 'COUNT', count: 1 };
    actor.send(event);
    event.count = 2;
    actor.send(event);
    expect(events()).toEqual([1, 2, 1, 2].map((count) => ({ type: 'COUNT', count })));
  });

  it('holds nothing that becomes a secret while it is handled', () => {
    const secrets = new Set<string>();
    const logic = createMachine({ on: { TELL: { actions: () => void secrets.add('a-new-secret') } } });
    const { actor, events } = follow(logic, secrets);
    actor.send({ type: 'TELL', text: 'it is a-new-secret' });
    expect(events()).toEqual(['it is a-new-secret', 'it is [redacted]'].map((text) => ({ type: 'TELL', text })));
  });
});

describe('The kind of an actor', () => {
  const never = { subscribe: () => ({ unsubscribe: () => undefined }) };
  const spreading = fromPromise(async () => undefined);

  it.each<[string, AnyActorLogic]>([
    ['machine', createMachine({})],
    ['promise', fromPromise(async () => undefined)],
    ['promise', { ...spreading, transition: (...args) => spreading.transition(...args) }],
    ['callback', fromCallback(() => undefined)],
    ['observable', fromObservable(() => never)],
    ['observable', fromEventObservable(() => never)],
    ['work', fromTransition((state) => state, {})],
    ['work', { transition: (snapshot: AnyActorRef) => snapshot, getInitialSnapshot: () => ({}) } as never],
  ])('is recognized: %s', (kind, logic) => {
    expect(follow(logic).of('@xstate.actor')[0]?.kind).toBe(kind);
  });

  it('is recognized without running foreign code', () => {
    let calls = 0;
    const { of } = follow(fromTransition((state) => ({ calls: ++calls, ...state }), {}));
    expect(of('@xstate.actor')).toHaveLength(1);
    expect(calls).toBe(0);
  });
});
