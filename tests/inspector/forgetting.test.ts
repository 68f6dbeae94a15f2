import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRecording } from '../../inspector/model/create-recording.ts';
import type { Recording } from '../../inspector/model/recording.ts';
import type { ActorMessage, InspectionMessage, SnapshotMessage, StepMessage } from '../../src/domain/inspection.ts';
import { aCall } from '../fixtures/a-call.ts';
import { aHello } from './seen-charts.ts';

/** Any messages in any order, about a few actors, so that several concern the same one. */
const received = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.tuple(fc.constant('actor' as const), fc.nat(4), fc.boolean()) },
    {
      weight: 6,
      arbitrary: fc.tuple(fc.constant('snapshot' as const), fc.nat(4), fc.constantFrom('active', 'active', 'done')),
    },
    { weight: 6, arbitrary: fc.tuple(fc.constant('step' as const), fc.nat(4), fc.boolean()) },
    { weight: 3, arbitrary: fc.tuple(fc.constant('call' as const), fc.nat(4), fc.nat(2)) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('callCount' as const), fc.nat(9)) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('log' as const), fc.nat(4)) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('lost' as const)) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('hello' as const), fc.nat(2), fc.nat(1)) },
  ),
  { minLength: 1, maxLength: 80 },
);

type Received = typeof received extends fc.Arbitrary<(infer Each)[]> ? Each : never;

function messageOf(what: Received, at: number): InspectionMessage {
  const base = (actor: number) => ({
    _version: '',
    createdAt: String(1_000 + at),
    id: String(at),
    sessionId: `lifecycle.x:${actor}`,
    rootId: `lifecycle.x:${actor}`,
  });
  const event = { type: 'X' };
  const value = `state-${at}`;
  switch (what[0]) {
    case 'actor': {
      const introduction = { name: `actor-${what[1]}`, kind: 'machine', src: null, definition: '{}' } as const;
      const message: ActorMessage = {
        type: '@xstate.actor',
        ...base(what[1]),
        ...introduction,
        snapshot: { status: 'active', value },
      };
      return what[2] ? message : { ...message, id: null };
    }
    case 'snapshot':
      return {
        type: '@xstate.snapshot',
        ...base(what[1]),
        event,
        snapshot: { status: what[2], value },
      } satisfies SnapshotMessage;
    case 'step': {
      const transitions = what[2] ? [{ source: 'a', event: 'X', targets: [] }] : [];
      return {
        type: '@xstate.microstep',
        ...base(what[1]),
        event,
        status: 'active',
        value,
        transitions,
      } satisfies StepMessage;
    }
    case 'call': {
      const stages = [
        { waitsFor: ['backend'], ranAtMs: null },
        {},
        { outcome: 'result', answeredAtMs: 1_000 + at },
      ] as const;
      return aCall({ createdAt: String(1_000 + at), number: what[1], ...stages[what[2]], id: String(at) });
    }
    case 'callCount':
      return {
        type: 'maitred.callCount',
        createdAt: String(1_000 + at),
        id: String(at),
        fromMs: 0,
        toMs: at,
        calls: what[1],
        failed: 1,
      };
    case 'log':
      return {
        type: 'maitred.log',
        createdAt: String(1_000 + at),
        id: String(at),
        level: 'info',
        event: `event-${at}`,
        fields: {},
        call: what[1],
      };
    case 'lost':
      return { type: 'maitred.lost', messages: 1, why: 'watcherTooSlow' };
    case 'hello':
      return aHello({ sinceMs: 500 + what[1], dropped: { messages: what[2], bytes: 0 } });
  }
}

/** The first message has a time, so that all have one; a step is followed by the snapshot of its event. */
const messagesOf = (all: readonly Received[]): InspectionMessage[] =>
  [['snapshot', 0, 'active'] satisfies Received, ...all]
    .flatMap((what): Received[] => (what[0] === 'step' ? [what, ['snapshot', what[1], 'active']] : [what]))
    .map(messageOf);

/** The actors of a recording that are also listed in one that has forgotten messages. */
const seenIn = (recording: Recording, moment: number, listed: Recording) =>
  recording
    .actorsAt(moment)
    .filter(({ sessionId }) => listed.actorAt(sessionId, moment) !== null)
    .map(({ sessionId, active, snapshot }) => ({ sessionId, active, status: snapshot.snapshot.status }))
    .sort((a, b) => (a.sessionId < b.sessionId ? -1 : 1));

const callsIn = (recording: Recording, moment: number) =>
  recording.callsAt(moment).map(({ position, message, status }) => ({ position, message, status }));

it('Forgetting changes nothing at the moments that are kept', () => {
  fc.assert(
    fc.property(received, fc.integer({ min: 4, max: 30 }), (all, messages) => {
      const [whole, bounded] = [createRecording('a'), createRecording('a', { messages, sizeBytes: 1e9 })];
      for (const recording of [whole, bounded]) for (const message of messagesOf(all)) recording.push(message);
      expect(bounded.end).toBe(whole.end);
      for (let moment = bounded.first; moment <= whole.end; moment += 1) {
        expect(seenIn(bounded, moment, bounded)).toEqual(seenIn(whole, moment, bounded));
        const forgotten = whole.actorsAt(moment).filter(({ sessionId }) => bounded.actorAt(sessionId, moment) === null);
        for (const { snapshot } of forgotten) expect(snapshot.snapshot.status).not.toBe('active');
        expect(callsIn(bounded, moment)).toEqual(callsIn(whole, moment));
        expect(bounded.callCountAt(moment)).toEqual(whole.callCountAt(moment));
        expect(bounded.phasesAt(moment)).toEqual(whole.phasesAt(moment));
        for (const sessionId of [undefined, 'lifecycle.x:0'])
          expect(bounded.nextTransition(moment, sessionId)).toBe(whole.nextTransition(moment, sessionId));
      }
    }),
    { numRuns: 300 },
  );
});

it('At each moment an actor is as its last message has it', () => {
  fc.assert(
    fc.property(received, (all) => {
      const recording = createRecording('a');
      const newest = new Map<string, unknown>();
      for (const message of messagesOf(all)) {
        recording.push(message);
        if ('value' in message) newest.set(message.sessionId, message.value);
        else if ('snapshot' in message) newest.set(message.sessionId, message.snapshot.value);
        for (const { sessionId, active } of recording.actorsAt(recording.end))
          expect([...active]).toEqual([newest.get(sessionId)]);
      }
    }),
    { numRuns: 300 },
  );
});
