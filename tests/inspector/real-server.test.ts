import { describe, expect, it } from 'vitest';
import { actorTree } from '../../inspector/model/actor-tree.ts';
import { createRecording } from '../../inspector/model/create-recording.ts';
import { createEventLog } from '../../inspector/model/event-log.ts';
import { readInspectionMessage } from '../../inspector/model/read-line.ts';
import { readRecording } from '../../inspector/model/read-recording.ts';
import type { Recording } from '../../inspector/model/recording.ts';
import { writeRecording } from '../../inspector/model/write-recording.ts';
import type { InspectionMessage } from '../../src/domain/inspection.ts';
import { untilReady } from '../support/server-status.ts';
import { spawnServer } from '../support/spawned-server.ts';
import { watch, watchWholeLife } from '../support/watched-server.ts';

const lifecycle = 'lifecycle.x:0';

function recordingOf(...parts: readonly (readonly InspectionMessage[])[]): Recording {
  const recording = createRecording('server-a');
  for (const message of parts.flat()) recording.push(message);
  return recording;
}

const livingOf = (recording: Recording) =>
  recording
    .actorsAt(recording.end)
    .filter(({ snapshot }) => snapshot.snapshot.status === 'active')
    .map(({ sessionId }) => sessionId);

describe('The recording of a real server', () => {
  it('has all states of its life, each with its event', async () => {
    const watched = await watchWholeLife();
    for (const message of watched.messages) expect(readInspectionMessage(message)).toEqual({ value: message });

    const recording = recordingOf(watched.messages);
    const seen: string[] = [];
    for (let at = recording.nextTransition(0, lifecycle); at !== null; at = recording.nextTransition(at, lifecycle)) {
      const actor = recording.actorAt(lifecycle, at);
      seen.push([...(actor?.active ?? [])].join(' '));
    }
    expect(seen.filter((state, at) => state !== seen[at - 1])).toEqual([
      'deferredInit',
      'ready',
      'draining',
      'shutdown',
      'stopped',
    ]);
    expect(recording.phasesAt(recording.end).map(({ state }) => state)).toEqual([
      'configure',
      'compose',
      'openTransport',
      'deferredInit',
      'ready',
      'draining',
      'shutdown',
      'stopped',
    ]);
    const [root] = actorTree(recording.actorsAt(recording.end));
    expect(root).toMatchObject({ kind: 'actor', depth: 0, hasEnded: true, actor: { name: 'lifecycle' } });
    expect(
      createEventLog(recording, { sessionId: lifecycle, onlyEvents: true }).countAt(recording.end),
    ).toBeGreaterThan(5);
    const { recording: opened, problems } = await readRecording(writeRecording(recording));
    expect(problems).toEqual([]);
    expect(opened.actorsAt(opened.end)).toEqual(recording.actorsAt(recording.end));
  });

  it('is the same after the page reconnects', async () => {
    const server = spawnServer({ args: ['--inspect'] });
    await server.initialize();
    const [first, second] = [await watch(server), await watch(server)];
    await untilReady(server);
    await server.leave();
    for (const watched of [first, second]) await watched.until(({ isOver }) => isOver);
    const once = recordingOf(first.messages);
    const half = first.messages.slice(0, Math.floor(first.messages.length / 2));
    const twice = recordingOf(half, second.messages);
    expect(twice.end).toBe(once.end + 1);
    expect(twice.actorsAt(twice.end).map(({ name, snapshot }) => [name, snapshot.snapshot])).toEqual(
      once.actorsAt(once.end).map(({ name, snapshot }) => [name, snapshot.snapshot]),
    );
  });

  it('knows the living actors after a pause without watchers', async () => {
    const server = spawnServer();
    await server.initialize();
    const first = await watch(server);
    first.hangUp();
    await untilReady(server);
    const second = await watch(server);
    await second.until(({ actors }) => actors.length > 0);
    const [both, fresh] = [recordingOf(first.messages, second.messages), recordingOf(second.messages)];
    expect(both.actorAt(lifecycle, both.end)?.active).toEqual(new Set(['ready']));
    expect(livingOf(both).sort()).toEqual(livingOf(fresh).sort());
  });
});
