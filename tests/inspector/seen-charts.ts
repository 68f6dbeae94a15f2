import { type AnyActor, assign, createActor, fromPromise, sendTo, setup, waitFor } from 'xstate';
import { createInspectionMessages } from '../../src/app/inspection-messages.ts';
import type { ChartMessage, HelloMessage, InspectionMessage } from '../../src/domain/inspection.ts';

/** Collects the messages about an actor from now on, like a server. */
export function messagesOf(actor: AnyActor, part = 'test', firstId = 0): ChartMessage[] {
  const messages = createInspectionMessages(part, { redact: { text: (text) => text }, secrets: new Set() });
  const received: ChartMessage[] = [];
  const keep = (text: string) => void received.push(JSON.parse(text) as ChartMessage);
  keep(messages.ofActor(actor, firstId));
  actor.system.inspect({ next: (event) => keep(messages.ofEvent(event, firstId + received.length)) });
  return received;
}

const guestMachine = setup({}).createMachine({
  id: 'guest',
  initial: 'seated',
  states: { seated: { on: { PAY: 'gone' } }, gone: { type: 'final' } },
});

/** A table: it waits for a dish, which may fail, has a guest, and eats in two ways at once. */
export const tableMachine = setup({
  types: {} as { context: { served: string[]; trouble: string | null }; events: { type: 'ORDER' | 'PAY' | 'LOOK' } },
  actors: {
    cook: fromPromise(async () => 'soup'),
    burn: fromPromise(async () => {
      throw new Error('burnt');
    }),
    guest: guestMachine,
  },
}).createMachine({
  id: 'table',
  context: { served: [], trouble: null },
  initial: 'laid',
  states: {
    laid: { on: { ORDER: 'cooking', LOOK: {} } },
    cooking: {
      invoke: {
        src: 'cook',
        id: 'cook',
        onDone: {
          target: 'burning',
          actions: assign({ served: ({ context, event }) => [...context.served, event.output] }),
        },
      },
    },
    burning: {
      invoke: {
        src: 'burn',
        id: 'burn',
        onError: { target: 'hurry', actions: assign({ trouble: 'burnt' }) },
      },
    },
    hurry: { always: 'eating' },
    eating: {
      type: 'parallel',
      invoke: { src: 'guest', id: 'guest', onDone: 'left' },
      on: { PAY: { actions: sendTo('guest', { type: 'PAY' }) } },
      states: {
        mouth: { initial: 'full', states: { full: {}, empty: {} } },
        hands: { initial: 'busy', states: { busy: {} } },
      },
    },
    left: { type: 'final' },
  },
});

/** The messages of a table's whole life. */
export async function messagesOfTable(): Promise<ChartMessage[]> {
  const actor = createActor(tableMachine);
  const received = messagesOf(actor);
  actor.start();
  actor.send({ type: 'ORDER' });
  await waitFor(actor, (snapshot) => snapshot.matches('eating'));
  actor.send({ type: 'PAY' });
  await waitFor(actor, (snapshot) => snapshot.matches('left'));
  return received;
}

export function aHello(recording: Partial<HelloMessage['recording']> = {}): HelloMessage {
  return {
    type: 'maitred.hello',
    wireVersion: 1,
    serverId: 'server-a',
    pid: 1,
    version: '0.0.0',
    projectDir: '/kitchen',
    startedAtMs: 900,
    state: 'ready',
    phases: [
      { state: 'configure', atMs: 1_000 },
      { state: 'ready', atMs: 1_250 },
    ],
    recording: { since: 'greeting', sinceMs: 1_000, messages: 0, dropped: { messages: 0, bytes: 0 }, ...recording },
  };
}

/** Converts messages to their form on the wire. */
export const overTheWire = <Message extends InspectionMessage>(messages: readonly Message[]): Message[] =>
  JSON.parse(JSON.stringify(messages)) as Message[];
