import { describe, expect, it } from 'vitest';
import type { ActorMessage, EventMessage, HelloMessage, InspectionMessage } from '../../src/domain/inspection.ts';
import { createIntroductions } from '../../src/domain/introductions.ts';

const hello = (sinceMs: number) => ({ type: 'maitred.hello', recording: { sinceMs } }) as HelloMessage;
const actorAt = (atMs: number, id: string | null = '1') =>
  ({ type: '@xstate.actor', createdAt: String(atMs), id }) as ActorMessage;
const eventAt = (atMs: number) => ({ type: '@xstate.event', createdAt: String(atMs), id: '1' }) as EventMessage;

const introduced = (...messages: readonly InspectionMessage[]) => messages.map(createIntroductions());

describe('An actor of a recording', () => {
  it('was there before if the server introduced it in one go with the hello', () => {
    expect(introduced(hello(1_000), actorAt(1_001), actorAt(1_040), actorAt(1_085))).toEqual([false, true, true, true]);
  });

  it('was created if something happened before, or some time has passed', () => {
    expect(introduced(hello(1_000), actorAt(1_001), eventAt(1_002), actorAt(1_002)).at(-1)).toBe(false);
    expect(introduced(hello(1_000), actorAt(1_001), actorAt(1_900), actorAt(1_901)).slice(2)).toEqual([false, false]);
  });

  it('was there before if it is introduced again after a loss', () => {
    expect(introduced(hello(1_000), eventAt(1_002), actorAt(9_000, null), actorAt(9_000)).slice(2)).toEqual([
      true,
      false,
    ]);
  });

  it('was there before if the server begins another recording, and not if it sends the same one again', () => {
    expect(introduced(hello(1_000), eventAt(2_000), hello(3_000), actorAt(3_001)).at(-1)).toBe(true);
    expect(introduced(hello(1_000), eventAt(2_000), hello(1_000), actorAt(2_001)).at(-1)).toBe(false);
  });
});
