import { describe, expect, it, onTestFinished } from 'vitest';
import { createActor, createMachine, fromCallback } from 'xstate';
import { createSessionEvents } from '../../src/app/session-events.ts';
import type { InspectionMessage } from '../../src/domain/inspection.ts';
import { listenForWatchers } from '../../src/services/inspection/listen-for-watchers.ts';
import { watchServer } from '../../src/services/inspection/watch-server.ts';
import { tempFolder } from '../doubles/temp-folder.ts';
import { type AnInspectedServer, anInspectedServer } from '../fixtures/an-inspected-server.ts';

const { platform } = process;

/** A recorded part of a program, with one chart that runs. */
function aRecordedChart(since: 'greeting' | 'watcher', server = anInspectedServer()) {
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

function aCall({ callLog }: AnInspectedServer, number: number, text = '{}') {
  const id = `request ${number}`;
  callLog.begin({ id, number, tool: 'brew', arrivedAtMs: Date.now() }, 'tools/call', undefined, text);
  return { end: () => callLog.end(id, 'result', '{}') };
}

function aSession({ server }: ReturnType<typeof aRecordedChart>) {
  const sessionEvents = createSessionEvents();
  const actor = createActor(createMachine({ id: 'agentSession' }));
  server.show('work', actor, { sessionEvents });
  actor.start();
  return {
    sessionEvents,
    say: (text: string) => sessionEvents.add({ type: 'text', text }),
    id: `work.${actor.sessionId}`,
  };
}

const said = (heard: readonly InspectionMessage[]) =>
  heard.flatMap((message) =>
    message.type === 'maitred.sessionEvent'
      ? [`${message.number} ${message.id === null ? 'null' : 'numbered'} ${JSON.stringify(message.event.text)}`]
      : [],
  );

const seenCalls = (heard: readonly InspectionMessage[]) =>
  heard.flatMap((message) =>
    message.type === 'maitred.call'
      ? [`${message.number} ${message.id === null ? 'null' : 'numbered'} ${message.outcome}`]
      : [],
  );

/** Times have whole milliseconds: what follows has a later one. */
async function untilLaterTime() {
  const now = Date.now();
  await expect.poll(() => Date.now()).toBeGreaterThan(now);
}

describe('A server that is inspected', () => {
  it('describes the present actors to a watcher that comes after the first messages were dropped', async () => {
    const { path, actor } = aRecordedChart('greeting');
    for (let sent = 0; sent < 12_000; sent += 1) actor.send({ type: 'KNOCK' });
    const { heard } = watch(path);
    await expect.poll(() => heard.length).toBeGreaterThan(3);
    expect(heard.slice(0, 2)).toMatchObject([
      { type: 'maitred.hello', recording: { dropped: { messages: expect.any(Number) } } },
      { type: '@xstate.actor', id: null, name: 'door' },
    ]);
  });

  it('shows the answer of a call that was answered just before it leaves', async () => {
    const { server, path } = aRecordedChart('greeting');
    const { heard } = watch(path);
    const call = aCall(server, 1);
    await expect.poll(() => heard).toContainEqual(expect.objectContaining({ type: 'maitred.call', outcome: null }));
    call.end();
    server.inspection?.leave();
    await expect.poll(() => heard.at(-1)?.type).toBe('maitred.bye');
    expect(heard.at(-2)).toMatchObject({ type: 'maitred.call', number: 1, outcome: 'result' });
  });

  it('shows earlier calls to a watcher, each once, and the changes of those that are pending', async () => {
    const server = anInspectedServer();
    aCall(server, 1).end();
    const pending = aCall(server, 2);
    await untilLaterTime();
    const { path } = aRecordedChart('greeting', server);
    aCall(server, 3).end();
    const first = watch(path);
    await expect.poll(() => seenCalls(first.heard)).toEqual(['1 null result', '2 numbered null', '3 numbered result']);
    pending.end();
    await expect.poll(() => seenCalls(first.heard).at(-1)).toBe('2 numbered result');
    const second = watch(path);
    await expect.poll(() => seenCalls(second.heard)).toEqual(seenCalls(first.heard));
  });

  it('shows no secret in earlier calls that became known after them', async () => {
    const server = anInspectedServer();
    aCall(server, 1, '{"params":{"arguments":{"a":"learned later"}}}').end();
    await untilLaterTime();
    const { path } = aRecordedChart('greeting', server);
    aCall(server, 2, '{"params":{"arguments":{"a":"learned later"}}}').end();
    const early = watch(path);
    await expect.poll(() => seenCalls(early.heard)).toHaveLength(2);
    server.context.secrets.add('learned later');
    const { heard } = watch(path);
    await expect.poll(() => seenCalls(heard)).toHaveLength(2);
    expect(JSON.stringify(heard)).not.toContain('learned later');
  });

  it('shows calls whose messages were dropped to a later watcher', async () => {
    const { server, path, actor } = aRecordedChart('greeting');
    const pending = aCall(server, 1);
    aCall(server, 2).end();
    const early = watch(path);
    await expect.poll(() => seenCalls(early.heard)).toHaveLength(2);
    early.leave();
    for (let sent = 0; sent < 12_000; sent += 1) actor.send({ type: 'KNOCK' });
    const { heard } = watch(path);
    await expect.poll(() => seenCalls(heard)).toEqual(['2 null result', '1 null null']);
    pending.end();
    await expect.poll(() => seenCalls(heard).at(-1)).toBe('1 numbered result');
  });

  it('shows the lines of its log, with the call that they are about', async () => {
    const { server, path } = aRecordedChart('greeting');
    aCall(server, 7);
    const line = { atMs: 1_000, level: 'WARNING', event: 'tool_failed' } as const;
    server.inspection?.log({ ...line, fields: { call_id: 'request 7', error: 'é'.repeat(10_000) } });
    server.inspection?.log({ ...line, fields: { call_id: 'unknown' } });
    const { heard } = watch(path);
    const lines = () => heard.filter(({ type }) => type === 'maitred.log');
    await expect.poll(() => lines().length).toBe(2);
    const base = { type: 'maitred.log', createdAt: '1000', level: 'WARNING', event: 'tool_failed' };
    const error = expect.stringMatching(/^é+… \[truncated, 10000 characters\]$/);
    expect(lines()).toEqual([
      { ...base, id: expect.any(String), fields: { call_id: 'request 7', error }, call: 7 },
      { ...base, id: expect.any(String), fields: { call_id: 'unknown' } },
    ]);
  });

  it('names the call that asked for a chart, and for none of its children', async () => {
    const { server, path } = aRecordedChart('greeting');
    const parent = createActor(
      createMachine({ id: 'parent', invoke: { id: 'child', src: fromCallback(() => undefined) } }),
    );
    server.show('work', parent, { call: 7 });
    parent.start();
    const { heard } = watch(path);
    const actors = () => heard.flatMap((message) => (message.type === '@xstate.actor' ? [message] : []));
    await expect
      .poll(() => actors().map(({ name, call }) => [name, call]))
      .toEqual([
        ['door', undefined],
        ['parent', 7],
        ['child', undefined],
      ]);
  });

  it('shows what the agent of a session reports, with its chart and its time, without secrets, truncated', async () => {
    const chart = aRecordedChart('greeting');
    const { say, id } = aSession(chart);
    chart.server.context.secrets.add('the known secret');
    say('I have the known secret, and run --password hunter2hunter2');
    say('é'.repeat(10_000));
    const { heard } = watch(chart.path);
    await expect.poll(() => said(heard)).toHaveLength(2);
    const events = heard.filter(({ type }) => type === 'maitred.sessionEvent');
    const base = { type: 'maitred.sessionEvent', session: id, atMs: expect.any(Number), createdAt: expect.any(String) };
    const text = { $type: 'Text', length: 10_000, value: 'é'.repeat(4_096) };
    expect(events).toEqual([
      {
        ...base,
        id: expect.any(String),
        number: 0,
        event: { type: 'text', text: 'I have [redacted], and run --password [redacted]' },
      },
      { ...base, id: expect.any(String), number: 1, event: { type: 'text', text } },
    ]);
  });

  it('shows earlier events of sessions that run to a watcher, after the actors, each once', async () => {
    const server = anInspectedServer();
    const sessions = ['one', 'two'].map((name) => {
      const sessionEvents = createSessionEvents();
      const actor = createActor(createMachine({ id: name }));
      server.show('work', actor, { sessionEvents });
      actor.start();
      sessionEvents.add({ type: 'text', text: name });
      return sessionEvents;
    });
    const { path } = aRecordedChart('watcher', server);
    const first = watch(path);
    await expect.poll(() => said(first.heard)).toEqual(['0 numbered "one"', '0 numbered "two"']);
    const types = first.heard.map(({ type }) => type);
    expect(types.slice(1, 3)).toEqual(['@xstate.actor', '@xstate.actor']);
    sessions[0]?.add({ type: 'text', text: 'more' });
    await expect.poll(() => said(first.heard).at(-1)).toBe('1 numbered "more"');
    const second = watch(path);
    await expect.poll(() => said(second.heard)).toEqual(said(first.heard));
  });

  it('shows events whose messages were dropped to a later watcher, as long as the session runs', async () => {
    const chart = aRecordedChart('greeting');
    aSession(chart).say('a');
    for (let sent = 0; sent < 12_000; sent += 1) chart.actor.send({ type: 'KNOCK' });
    const { heard } = watch(chart.path);
    await expect.poll(() => said(heard)).toEqual(['0 null "a"']);
  });

  it('shows 200 events of sessions a second: those left out are missing in their numbers', async () => {
    const chart = aRecordedChart('greeting');
    const { say } = aSession(chart);
    for (let count = 0; count < 300; count += 1) say(String(count));
    const { heard } = watch(chart.path);
    await expect.poll(() => said(heard).at(-1)).toBe('199 numbered "199"');
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
    server.show('work', child, { startedBy: actor });
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

  it('does nothing for the events of its sessions when the last watcher has left', async () => {
    const chart = aRecordedChart('watcher');
    const { sessionEvents } = aSession(chart);
    let reads = 0;
    const readsOfOne = () => {
      reads = 0;
      sessionEvents.add({
        type: 'text',
        get text() {
          reads += 1;
          return 'a';
        },
      });
      return reads;
    };
    const { heard, leave } = watch(chart.path);
    await expect.poll(() => heard.length).toBeGreaterThan(1);
    const watched = readsOfOne();
    leave();
    await expect.poll(() => chart.server.inspection).toBe(null);
    expect(readsOfOne()).toBeLessThan(watched);
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
