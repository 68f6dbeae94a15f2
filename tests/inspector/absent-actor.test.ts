import { describe, expect, it } from 'vitest';
import { findAbsentActor } from '../../inspector/model/absent-actor.ts';
import { createRecording } from '../../inspector/model/create-recording.ts';
import type { ActorMessage } from '../../src/domain/inspection.ts';

interface Given {
  readonly name: string;
  readonly parentId?: string;
  readonly startedBy?: string;
}

/** A recording in which these actors are created, one a message. */
function aRecordingOf(actors: readonly Given[], limits?: Parameters<typeof createRecording>[1]) {
  const recording = createRecording('server-a', limits);
  for (const [number, { name, ...above }] of actors.entries())
    recording.push({
      type: '@xstate.actor',
      _version: '0.7.2',
      createdAt: '1000',
      id: String(number),
      sessionId: name,
      rootId: name,
      name,
      ...above,
      kind: 'promise',
      src: null,
      definition: '{}',
      snapshot: { status: 'active' },
    } satisfies ActorMessage);
  return recording;
}

describe('An actor that does not exist at a moment', () => {
  const recording = aRecordingOf([
    { name: 'session' },
    { name: 'runTests', parentId: 'session' },
    { name: 'npm test', startedBy: 'runTests' },
    { name: 'waitForExit', parentId: 'npm test' },
    { name: 'npm ci' },
  ]);

  it('gives way to its nearest ancestor that exists, and says where it began', () => {
    const of = (moment: number) => findAbsentActor(recording, 'waitForExit', moment);
    expect(of(3)).toEqual({ name: 'waitForExit', began: 4, ancestorId: 'npm test' });
    expect(of(2)).toMatchObject({ ancestorId: 'runTests' });
    expect(of(1)).toMatchObject({ ancestorId: 'session' });
    expect(of(0)).toEqual({ name: 'waitForExit', began: 4, ancestorId: null });
    expect(recording.actorAt('waitForExit', 4)).not.toBeNull();
  });

  it('is not reported from its beginning on', () => {
    expect(findAbsentActor(recording, 'waitForExit', 4)).toBeNull();
    expect(findAbsentActor(recording, 'waitForExit', 5)).toBeNull();
  });

  it('has no ancestor if a call had started it', () => {
    expect(findAbsentActor(recording, 'npm ci', 4)).toEqual({ name: 'npm ci', began: 5, ancestorId: null });
  });

  it('began nowhere if its messages are no longer kept', () => {
    expect(findAbsentActor(recording, 'gone', 5)).toEqual({ name: 'gone', began: null, ancestorId: null });
  });

  it('is found also if actors claim to have started each other', () => {
    const circle = aRecordingOf([
      { name: 'first' },
      { name: 'hen', parentId: 'egg' },
      { name: 'egg', parentId: 'hen' },
    ]);
    expect(findAbsentActor(circle, 'egg', 1)).toMatchObject({ ancestorId: null });
  });
});
