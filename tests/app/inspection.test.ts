import { describe, expect, it, onTestFinished } from 'vitest';
import { createActor, createMachine, fromCallback } from 'xstate';
import type { InspectionMessage, SeenCall } from '../../src/domain/inspection.ts';
import { listenForWatchers } from '../../src/services/inspection/listen-for-watchers.ts';
import { watchServer } from '../../src/services/inspection/watch-server.ts';
import { tempFolder } from '../doubles/temp-folder.ts';
import { type AnInspectedServerOptions, anInspectedServer } from '../fixtures/an-inspected-server.ts';

const { platform } = process;

/** A recorded part of a program, with one chart that runs. */
function aRecordedChart(since: 'greeting' | 'watcher', options: AnInspectedServerOptions = {}) {
  const server = anInspectedServer(options);
  server.record(since);
  const path = `${tempFolder()}/a.sock`;
  const onProblem = () => undefined;
  onTestFinished(listenForWatchers({ path, platform, onProblem, onWatcher: (one) => server.inspection?.admit(one) }));
  const actor = createActor(createMachine({ id: 'door' }));
  server.show('test', actor);
  actor.start();
  return { server, path, actor };
}

/** Whoever watches, and what was heard so far. */
function watch(path: string) {
  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  const heard: InspectionMessage[] = [];
  const listen = async () => {
    for await (const { message } of watchServer(path, platform, leaving.signal)) heard.push(message);
  };
  void listen();
  return { heard, leave: () => leaving.abort() };
}

describe('A server that is inspected', () => {
  it('describes the present actors to a watcher that comes after the first messages were dropped', async () => {
    const { path, actor } = aRecordedChart('greeting');
    for (let sent = 0; sent < 12_000; sent += 1) actor.send({ type: 'KNOCK' });
    const { heard } = watch(path);
    await expect.poll(() => heard.length).toBeGreaterThan(3);
    expect(heard.slice(0, 3)).toMatchObject([
      { type: 'maitred.hello', recording: { dropped: { messages: expect.any(Number) } } },
      { type: '@xstate.actor', id: null, name: 'door' },
      { type: 'maitred.calls', id: null },
    ]);
  });

  it('shows as ended, when it leaves, the calls that have ended just before', async () => {
    const calls: SeenCall[] = [{ tool: 'run_cmd', sinceMs: 0, waitsFor: null }];
    const { server, path } = aRecordedChart('greeting', { calls });
    const { heard } = watch(path);
    await expect.poll(() => heard).toContainEqual(expect.objectContaining({ type: 'maitred.calls', inFlight: 1 }));
    calls.pop();
    server.inspection?.leave();
    await expect.poll(() => heard.at(-1)?.type).toBe('maitred.bye');
    expect(heard.at(-2)).toMatchObject({ type: 'maitred.calls', calls: [], inFlight: 0 });
  });

  it('reports a message that cannot be made, and goes on', async () => {
    const { server, path, actor } = aRecordedChart('greeting');
    const logic = fromCallback(() => undefined);
    const odd = createActor({
      ...logic,
      get config(): typeof logic.config {
        throw new Error('this is not to be read');
      },
    });
    server.show('test', odd);
    actor.send({ type: 'KNOCK' });
    const { heard } = watch(path);
    await expect.poll(() => heard.some(({ type }) => type === '@xstate.event')).toBe(true);
    expect(heard).toContainEqual({ type: 'maitred.lost', messages: 1, why: 'notReadable' });
  });

  it('names the actor that asked for a chart of another part of the program', async () => {
    const { server, path, actor } = aRecordedChart('greeting');
    const child = createActor(createMachine({ id: 'child' }));
    server.show('work', child, actor);
    child.start();
    const { heard } = watch(path);
    const actors = () => heard.flatMap((message) => (message.type === '@xstate.actor' ? [message] : []));
    await expect.poll(() => actors().length).toBe(2);
    const [asker, asked] = actors();
    expect([asker?.startedBy, asked?.startedBy]).toEqual([undefined, asker?.sessionId]);
  });

  it('does nothing more for its charts when the last watcher has left', async () => {
    const { server, path, actor } = aRecordedChart('watcher');
    let reads = 0;
    const knock = () =>
      actor.send({
        type: 'KNOCK',
        get how() {
          reads += 1;
          return 'loudly';
        },
      });
    const { heard, leave } = watch(path);
    await expect.poll(() => heard.length).toBeGreaterThan(1);
    knock();
    expect(reads).toBeGreaterThan(0);
    leave();
    await expect.poll(() => server.inspection).toBe(null);
    const before = reads;
    knock();
    expect(reads).toBe(before);
  });

  it('follows neither its calls nor new charts when the last watcher has left, and follows them again for the next', async () => {
    const { server, path } = aRecordedChart('watcher');
    const isFollowed = () => {
      let isRead = false;
      const actor = createActor(createMachine({ id: 'later' }));
      server.show('test', actor);
      actor.start();
      actor.send({
        type: 'KNOCK',
        get how() {
          isRead = true;
          return 'loudly';
        },
      });
      return isRead;
    };
    const others = [watch(path), watch(path)];
    await expect.poll(() => others.every(({ heard }) => heard.length > 1)).toBe(true);
    expect([server.followers, isFollowed()]).toEqual([1, true]);
    for (const { leave } of others) leave();
    await expect.poll(() => server.inspection).toBe(null);
    expect([server.followers, isFollowed()]).toEqual([0, false]);

    server.record('watcher');
    const { leave } = watch(path);
    await expect.poll(() => server.inspection).not.toBe(null);
    expect([server.followers, isFollowed()]).toEqual([1, true]);
    leave();
    await expect.poll(() => server.inspection).toBe(null);
    expect([server.followers, isFollowed()]).toEqual([0, false]);
  });
});
