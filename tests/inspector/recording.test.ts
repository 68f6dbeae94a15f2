import { describe, expect, it } from 'vitest';
import { createActor, createMachine } from 'xstate';
import { describeStatus, stoppedWithServer } from '../../inspector/model/actor-status.ts';
import { createRecording } from '../../inspector/model/create-recording.ts';
import type { Recording } from '../../inspector/model/recording.ts';
import type { ChartMessage, InspectionMessage } from '../../src/domain/inspection.ts';
import { aHello, messagesOf, messagesOfTable, overTheWire } from './seen-charts.ts';

function recordingOf(
  messages: readonly InspectionMessage[],
  limits?: Parameters<typeof createRecording>[1],
): Recording {
  const recording = createRecording('server-a', limits);
  for (const message of messages) recording.push(message);
  return recording;
}

/** The first actor in the messages. */
const rootOf = ([message]: readonly ChartMessage[]): string => message?.rootId ?? 'nobody';

/** The position of a matching message, in a recording that has forgotten nothing. */
const positionOf = (messages: readonly ChartMessage[], isIt: (message: ChartMessage) => boolean) =>
  messages.findIndex(isIt);

describe('A moment of a recording', () => {
  it('shows every actor in its states', async () => {
    const received = overTheWire(await messagesOfTable());
    const recording = recordingOf(received);
    const table = rootOf(received);
    for (const [position, message] of received.entries()) {
      const actor = recording.actorAt(message.sessionId, position + 1);
      if (message.type === '@xstate.snapshot') expect(actor?.snapshot.snapshot).toEqual(message.snapshot);
      if (message.type === '@xstate.microstep') expect(actor?.snapshot.value).toEqual(message.value);
    }
    const visited = received.map((_, position) =>
      [...(recording.actorAt(table, position + 1)?.active ?? [])].join(' '),
    );
    expect(visited.filter((states, at) => states !== visited[at - 1])).toEqual([
      'laid',
      'cooking',
      'burning',
      'hurry',
      'eating eating.mouth eating.mouth.full eating.hands eating.hands.busy',
      'left',
    ]);
  });

  it('has a machine where an actor that nothing introduced has states, and work where it has none', async () => {
    const received = overTheWire(await messagesOfTable());
    const recording = recordingOf(received.filter(({ type }) => type === '@xstate.snapshot'));
    const kinds = recording.actorsAt(recording.end).map(({ snapshot, kind }) => [snapshot.value !== null, kind]);
    expect(kinds).toContainEqual([true, 'machine']);
    expect(kinds).toContainEqual([false, 'work']);
    expect(kinds.filter(([hasStates, kind]) => hasStates !== (kind === 'machine'))).toEqual([]);
  });

  it('has the actors that had started, parents first, with their status', async () => {
    const received = overTheWire(await messagesOfTable());
    const recording = recordingOf(received);
    const table = rootOf(received);
    expect(recording.actorsAt(0)).toEqual([]);
    expect(recording.actorsAt(1).map(({ name }) => name)).toEqual(['table']);
    expect(
      recording
        .actorsAt(recording.end)
        .map(({ name, kind, parentId, snapshot: { snapshot } }) => [
          name,
          kind === 'machine',
          parentId,
          snapshot.status,
        ]),
    ).toEqual([
      ['table', true, null, 'done'],
      ['cook', false, table, 'done'],
      ['burn', false, table, 'error'],
      ['guest', true, table, 'done'],
    ]);
    expect(recording.actorAt('nobody', recording.end)).toBeNull();
    expect(recording.nameOf(table)).toBe('table');
    expect(recording.nameOf('nobody')).toBe('nobody');
  });

  it('is the same object for the same question, so that nothing is drawn twice', async () => {
    const received = await messagesOfTable();
    const recording = recordingOf(received);
    const table = rootOf(received);
    const before = recording.actorAt(table, recording.end);
    expect(recording.actorAt(table, recording.end)).toBe(before);
  });

  it('also has the previous state', async () => {
    const received = await messagesOfTable();
    const recording = recordingOf(received);
    const table = rootOf(received);
    const served = positionOf(received, ({ type, ...rest }) => {
      return type === '@xstate.snapshot' && 'event' in rest && rest.event.type === 'xstate.done.actor.cook';
    });
    expect(recording.actorAt(table, served + 1)?.snapshot.snapshot.context).toMatchObject({ served: ['soup'] });
    expect(recording.previousSnapshot(table, served + 1)?.snapshot.context).toMatchObject({ served: [] });
    expect(recording.previousSnapshot(table, 1)).toBeNull();
  });

  it('is found by time, as the last one that is not later', async () => {
    const received = messagesAt([10, 20, 20, 30]);
    const recording = recordingOf(received);
    expect([9, 10, 19, 20, 30, 99].map((timeMs) => recording.momentAt(timeMs))).toEqual([0, 1, 1, 3, 4, 4]);
  });

  it('is never earlier than the one before, even if the clock was set back', () => {
    const recording = recordingOf(messagesAt([10, 30, 20]));
    expect([0, 1, 2].map((position) => recording.at(position).atMs)).toEqual([10, 30, 30]);
  });
});

describe('Going from transition to transition', () => {
  it("stops at each one of an actor, once the actor's context shows the result", async () => {
    const received = await messagesOfTable();
    const recording = recordingOf(received);
    const table = rootOf(received);
    const visited: unknown[] = [];
    for (let at = recording.nextTransition(1, table); at !== null; at = recording.nextTransition(at, table)) {
      const actor = recording.actorAt(table, at);
      const context = actor?.snapshot.snapshot.context as { served: unknown[]; trouble: unknown } | undefined;
      visited.push([[...(actor?.active ?? [])][0], context?.served.length, context?.trouble]);
    }
    expect(visited).toEqual([
      ['cooking', 0, null],
      ['burning', 1, null],
      // Two steps of one event: the snapshot after the second has the context of both.
      ['hurry', 1, null],
      ['eating', 1, 'burnt'],
      ['eating', 1, 'burnt'],
      ['left', 1, 'burnt'],
    ]);
  });

  it('stops at the same moments backwards', async () => {
    const received = await messagesOfTable();
    const recording = recordingOf(received);
    const table = rootOf(received);
    for (const sessionId of [undefined, table]) {
      const there: number[] = [];
      for (let at = recording.nextTransition(0, sessionId); at !== null; at = recording.nextTransition(at, sessionId))
        there.push(at);
      const back: number[] = [];
      for (
        let at = recording.previousTransition(recording.end + 1, sessionId);
        at !== null;
        at = recording.previousTransition(at, sessionId)
      )
        back.push(at);
      expect(back.reverse()).toEqual(there);
      expect(there.length).toBeGreaterThan(4);
    }
    expect(recording.nextTransition(0, 'nobody')).toBeNull();
  });

  it('stops, if any actor counts, at the stops of each actor', async () => {
    const received = await messagesOfTable();
    const recording = recordingOf(received);
    const momentsOf = (sessionId?: string) => {
      const moments: number[] = [];
      for (let at = recording.nextTransition(0, sessionId); at !== null; at = recording.nextTransition(at, sessionId))
        moments.push(at);
      return moments;
    };
    const actors = recording.actorsAt(recording.end);
    const ofEach = new Set(actors.flatMap(({ sessionId }) => momentsOf(sessionId)));
    expect(momentsOf()).toEqual([...ofEach].sort((one, other) => one - other));
  });

  it('gives the last transitions of an actor, the oldest first', async () => {
    const received = await messagesOfTable();
    const recording = recordingOf(received);
    const table = rootOf(received);
    const last = recording.transitionsBefore(table, recording.end, 2).map(({ taken }) => [taken.event, taken.targets]);
    expect(last).toEqual([
      ['PAY', []],
      ['xstate.done.actor.guest', ['table.left']],
    ]);
    expect(recording.transitionsBefore(table, 1, 5)).toEqual([]);
  });

  it('gives the result of each event, even if several were pending', async () => {
    const received = await messagesOfTable();
    const recording = recordingOf(received);
    const outcomes = received.flatMap((message, position) => {
      if (message.type !== '@xstate.event' || message.event.type.startsWith('xstate.init')) return [];
      const outcome = recording.outcomeOf(position);
      return [[message.event.type, outcome?.transitions.flatMap(({ taken }) => taken.targets)]];
    });
    expect(outcomes).toEqual([
      ['ORDER', ['table.cooking']],
      ['xstate.promise.resolve', []],
      ['xstate.done.actor.cook', ['table.burning']],
      ['xstate.promise.reject', []],
      ['xstate.error.actor.burn', ['table.hurry', 'table.eating']],
      ['PAY', []],
      ['PAY', ['guest.gone']],
      ['xstate.done.actor.guest', ['table.left']],
    ]);
    expect(recording.outcomeOf(0)).toBeNull();
  });
});

describe('A recording that has become too long', () => {
  /** A toggle that changes thousands of times, beside a table that does not change. */
  async function aLongLife() {
    const before = overTheWire(await messagesOfTable());
    const actor = createActor(
      createMachine({ id: 'toggle', initial: 'off', states: { off: { on: { T: 'on' } }, on: { on: { T: 'off' } } } }),
    );
    const quiet = createActor(createMachine({ id: 'idle', initial: 'quiet', states: { quiet: {} } }));
    const ofIdle = messagesOf(quiet, 'idle', before.length);
    quiet.start();
    const received = messagesOf(actor, 'toggle', before.length + ofIdle.length);
    actor.start();
    while (received.length < 3_000) actor.send({ type: 'T' });
    return {
      messages: [...before, ...ofIdle, ...overTheWire(received)],
      toggle: rootOf(received),
      idle: rootOf(ofIdle),
    };
  }

  it('forgets the oldest messages, and is right at every moment that it keeps', async () => {
    const { messages, toggle, idle } = await aLongLife();
    const all = recordingOf(messages);
    const recording = recordingOf(messages, { messages: 1_000, sizeBytes: 1e9 });
    expect(recording.end).toBe(all.end);
    expect(recording.end - recording.first).toBeLessThanOrEqual(1_000);
    expect(recording.end - recording.first).toBeGreaterThan(900);
    expect(() => recording.at(recording.first - 1)).toThrow(RangeError);
    for (let moment = recording.first; moment <= recording.end; moment += 7) {
      expect(recording.actorAt(toggle, moment)?.active).toEqual(all.actorAt(toggle, moment)?.active);
      expect(recording.actorAt(idle, moment)?.active).toEqual(new Set(['quiet']));
      expect(recording.nextTransition(moment)).toBe(all.nextTransition(moment));
    }
  });

  it('keeps only the last state of each actor from the forgotten messages', async () => {
    const { messages, toggle } = await aLongLife();
    const recording = recordingOf(messages, { messages: 1_000, sizeBytes: 1e9 });
    expect(recording.transitionsBefore(toggle, recording.first, 100).length).toBeLessThanOrEqual(1);
    expect(recording.previousSnapshot(toggle, recording.first)).toBeNull();
  });

  it('forgets actors that had ended before', async () => {
    const recording = recordingOf((await aLongLife()).messages, { messages: 1_000, sizeBytes: 1e9 });
    expect(recording.actorsAt(recording.end).map(({ name }) => name)).toEqual(['idle', 'toggle']);
  });

  it('has a limit in memory too', async () => {
    const { messages, idle } = await aLongLife();
    const recording = recordingOf(messages, { messages: 1e6, sizeBytes: 200_000 });
    expect(recording.sizeBytes).toBeLessThanOrEqual(200_000);
    expect(recording.first).toBeGreaterThan(0);
    expect(recording.actorAt(idle, recording.first)?.name).toBe('idle');
  });

  it('counts a chart that many actors share once', () => {
    const definition = JSON.stringify({ id: 'chart', description: 'x'.repeat(100_000) });
    const recording = recordingOf(
      messagesAt(Array.from({ length: 50 }, () => 1)).map((message) => {
        return overTheWire([{ ...message, sessionId: `test.x:${message.id}`, definition }])[0] ?? message;
      }),
    );
    expect(recording.sizeBytes).toBeLessThan(150_000);
    expect(recording.actorAt('test.x:49', recording.end)?.name).toBe('test');
  });

  it('keeps a message that is larger than all that may be kept', () => {
    const [message] = messagesAt([1]);
    const recording = recordingOf(message === undefined ? [] : [message], { messages: 10, sizeBytes: 1 });
    expect(recording.at(0).message).toEqual(message);
  });
});

describe('An inspector that attaches again', () => {
  it('does not record known messages twice', async () => {
    const received = await messagesOfTable();
    const half = Math.floor(received.length / 2);
    const recording = recordingOf([aHello(), ...received.slice(0, half), aHello(), ...received]);
    const messages = [];
    for (let at = 0; at < recording.end; at += 1) messages.push(recording.at(at).message);
    expect(messages).toEqual([aHello(), ...received.slice(0, half), aHello(), ...received.slice(half)]);
  });

  it('shows actors that ended unseen as ended, if the server has started another recording', () => {
    const living = messagesAt([10], 'kitchen.x:0');
    const others = messagesAt([10], 'other.x:0').map((message) => ({ ...message, id: '1' }));
    const again = messagesAt([50], 'kitchen.x:0');
    const recording = recordingOf([aHello(), ...living, ...others, aHello({ sinceMs: 40 }), ...again]);
    const statuses = (moment: number) => recording.actorsAt(moment).map(({ snapshot }) => snapshot.snapshot.status);
    expect(statuses(3)).toEqual(['active', 'active']);
    expect(statuses(recording.end)).toEqual(['active', 'stopped']);
  });

  it('shows every living actor again after a loss, and the others as stopped', () => {
    const first = messagesAt([10], 'kitchen.x:0');
    const second = messagesAt([10], 'other.x:0').map((message) => ({ ...message, id: '1' }));
    const introduced = first.map((message) => ({ ...message, id: null, name: 'renamed' }));
    const recording = recordingOf([
      ...first,
      ...second,
      { type: 'maitred.lost', messages: 4, why: 'watcherTooSlow' },
      ...introduced,
    ]);
    const actors = recording.actorsAt(recording.end);
    expect(actors.map(({ name, snapshot }) => [name, describeStatus(snapshot)])).toEqual([
      ['renamed', 'running'],
      ['other', 'stopped'],
    ]);
    expect(actors[0]?.since).toBe(0);
  });

  it('shows no running actor after the server has ended, and says what stopped it', () => {
    const recording = recordingOf([
      ...messagesAt([10], 'kitchen.x:0'),
      { type: 'maitred.bye', why: 'The server has ended.' },
    ]);
    const statusesAt = (moment: number) =>
      recording
        .actorsAt(moment)
        .flatMap((actor) => [actor, stoppedWithServer(actor)].map(({ snapshot }) => describeStatus(snapshot)));
    expect(statusesAt(recording.end - 1)).toEqual(['running', 'stopped with the server']);
    expect(statusesAt(recording.end)).toEqual(['stopped with the server', 'stopped with the server']);
  });

  it("takes an actor's end from its event to the parent, if its own last message is missing", () => {
    const parent = messagesAt([10], 'kitchen.x:0');
    const child = messagesAt([10], 'kitchen.x:1').map((message) => ({ ...message, id: '1' }));
    const actorEvent = (type: string): InspectionMessage => ({
      type: '@xstate.event',
      _version: '0.7.2',
      createdAt: '20',
      id: '2',
      sessionId: 'kitchen.x:0',
      rootId: 'kitchen.x:0',
      event: { type },
      sourceId: 'kitchen.x:1',
    });
    for (const outcome of ['done', 'error']) {
      const recording = recordingOf([
        ...parent,
        ...child,
        actorEvent(`xstate.${outcome}.actor.child`),
        { type: 'maitred.bye', why: 'The server has ended.' },
      ]);
      expect(recording.actorAt('kitchen.x:1', recording.end)?.snapshot.snapshot.status).toBe(outcome);
    }
  });

  it('shows an actor whose end is lost as it was after its last step', async () => {
    const received = overTheWire(await messagesOfTable());
    const step = positionOf(received, ({ type }) => type === '@xstate.microstep');
    const recording = recordingOf([
      ...received.slice(0, step + 1),
      { type: 'maitred.lost', messages: 9, why: 'watcherTooSlow' },
    ]);
    const actor = recording.actorAt(rootOf(received), recording.end);
    expect([actor?.snapshot.snapshot.status, [...(actor?.active ?? [])]]).toEqual(['stopped', ['cooking']]);
  });

  it('gives an introduction no later time than the messages after it', () => {
    const [message] = messagesAt([5_000]);
    if (message === undefined) throw new Error('there is a message');
    const recording = recordingOf([aHello(), { ...message, id: null, createdAt: '9000' }, { ...message, id: '7' }]);
    expect([0, 1, 2].map((position) => recording.at(position).atMs)).toEqual([5_000, 5_000, 5_000]);
  });
});

describe('A recording knows', () => {
  it('the number of lost messages, even after it has forgotten the message about them', () => {
    const recording = createRecording('server-a', { messages: 16, sizeBytes: 1e9 });
    recording.push({ type: 'maitred.lost', messages: 4, why: 'watcherTooSlow' });
    for (let received = 0; received < 20; received += 1)
      recording.push({ type: 'maitred.lost', messages: 1, why: 'notReadable' });
    expect(recording.first).toBeGreaterThan(0);
    expect(recording.lost).toBe(24);
  });

  it('the times at which the lifecycle had entered its states at the moment', () => {
    const step = (atMs: number, id: string, value: string) =>
      ({
        ...({
          type: '@xstate.microstep',
          _version: '',
          createdAt: String(atMs),
          id,
          sessionId: 'lifecycle.x:0',
        } as const),
        ...{ rootId: 'lifecycle.x:0', event: { type: 'X' }, status: 'active', value, transitions: [] },
      }) satisfies InspectionMessage;
    const recording = recordingOf([aHello(), step(1_250, '0', 'ready'), step(2_000, '1', 'draining')]);
    expect(recording.phasesAt(recording.end)).toEqual([
      { state: 'configure', atMs: 1_000 },
      { state: 'ready', atMs: 1_250 },
      { state: 'draining', atMs: 2_000 },
    ]);
    expect(recording.phasesAt(2)).toHaveLength(2);
    expect(recording.phasesAt(0)).toEqual([]);
  });
});

/** Introductions of one actor at these times. */
function messagesAt(timesMs: readonly number[], sessionId = 'test.x:0'): ChartMessage[] {
  return timesMs.map((atMs, id) => ({
    type: '@xstate.actor',
    _version: '',
    createdAt: String(atMs),
    id: String(id),
    sessionId,
    rootId: sessionId,
    name: sessionId.split('.')[0] ?? '',
    kind: 'work',
    src: null,
    definition: '{}',
    snapshot: { status: 'active' },
  }));
}
