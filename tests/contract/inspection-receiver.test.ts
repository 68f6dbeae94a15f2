import { type EventEmitter, once } from 'node:events';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { createInspector, createWebSocketReceiver, type StatelyInspectionEvent } from '@statelyai/inspect';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createActor } from 'xstate';
import { lifecycleMachine } from '../../src/machines/lifecycle.machine.ts';
import { untilReady } from '../support/server-status.ts';
import { spawnServer } from '../support/spawned-server.ts';
import { watch, watchWholeLife } from '../support/watched-server.ts';

/** The WebSocket server that the receiver of @statelyai/inspect connects to; its package has no types. */
interface SocketServer extends EventEmitter {
  address(): AddressInfo;
  close(): void;
}
const { WebSocketServer } = createRequire(import.meta.url)('ws') as {
  WebSocketServer: new (options: { host: string; port: number }) => SocketServer;
};

const inspectTypes = ['@xstate.actor', '@xstate.event', '@xstate.snapshot'];

/** The events that the receiver emits for lines sent over a WebSocket. */
async function receive(lines: readonly string[]): Promise<StatelyInspectionEvent[]> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  await once(server, 'listening');
  const received: StatelyInspectionEvent[] = [];
  const { port } = server.address();
  createWebSocketReceiver({ server: `ws://127.0.0.1:${port}` }).subscribe((event) => received.push(event));
  const [client] = await once(server, 'connection');
  // The receiver listens only once the connection is open on its side too.
  await expect
    .poll(() => {
      client.send(lines[0] ?? '');
      return received.length;
    })
    .toBeGreaterThan(0);
  await new Promise((resolve) => setImmediate(resolve));
  const early = received.length;
  for (const line of lines) client.send(line);
  await expect.poll(() => received.length).toBeGreaterThanOrEqual(early + lines.length);
  client.terminate();
  return received.slice(-lines.length);
}

describe('The inspection stream of a real server', () => {
  it('is understood by the receiver of @statelyai/inspect from the first actor to the last state', async () => {
    const watched = await watchWholeLife();
    const received = (await receive(watched.text.trim().split('\n'))).filter(({ type }) => inspectTypes.includes(type));

    for (const event of received) {
      expect(event).toMatchObject({
        _version: expect.any(String),
        createdAt: expect.stringMatching(/^\d+$/),
        rootId: expect.any(String),
        sessionId: expect.any(String),
      });
      expect('id' in event).toBe(true);
    }
    const lifecycle = received.filter(({ sessionId }) => sessionId === 'lifecycle.x:0');
    const [actor] = lifecycle;
    if (actor?.type !== '@xstate.actor') throw new Error('the lifecycle is not the first actor');
    expect(actor).toMatchObject({ name: 'lifecycle', snapshot: { status: 'active' } });
    const states = lifecycle.flatMap((event) =>
      event.type === '@xstate.snapshot' ? [(event.snapshot as { value?: unknown }).value] : [],
    );
    expect(states.filter((state, at) => state !== states[at - 1])).toEqual([
      'deferredInit',
      'ready',
      'draining',
      'shutdown',
      'stopped',
    ]);
    const known = new Set(received.flatMap(({ type, sessionId }) => (type === '@xstate.actor' ? [sessionId] : [])));
    for (const { sessionId } of received) expect(known).toContain(sessionId);
    for (const event of received)
      if (event.type === '@xstate.actor') {
        expect(JSON.parse(event.definition ?? '')).toMatchObject({ id: expect.any(String) });
        if (event.parentId !== undefined) expect(known).toContain(event.parentId);
      }
  });

  it('describes the lifecycle chart as the inspector of @statelyai/inspect does', async () => {
    const server = spawnServer();
    await server.initialize();
    await untilReady(server);
    const watched = await watch(server);
    await watched.until(({ actors }) => actors.length > 0);
    const theirs: StatelyInspectionEvent[] = [];
    createInspector({ send: (event) => theirs.push(event) }).actor(
      createActor(lifecycleMachine, { input: { transport: 'stdio', tasks: [] } }),
    );
    const [their] = theirs;
    if (their?.type !== '@xstate.actor') throw new Error('@statelyai/inspect sent no actor');
    expect(shapeOf(watched.actors[0]?.definition)).toEqual(shapeOf(their.definition));
  });
});

/** A definition without the details of its functions: the build removes their names, and our stream has more about them. */
function shapeOf(definition: string | undefined): unknown {
  return JSON.parse(definition ?? 'null', (_, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    const { $type, type } = value as { readonly $type?: unknown; readonly type?: unknown };
    const isFunction = $type === 'Function' || (typeof type === 'string' && Object.keys(value).length === 1);
    return isFunction ? 'a function' : value;
  });
}
