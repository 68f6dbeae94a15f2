import { spawn } from 'node:child_process';
import { type EventEmitter, once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { tempFolder } from '../doubles/temp-folder.ts';
import { untilReady } from '../support/server-status.ts';
import { aWorld, spawnServer } from '../support/spawned-server.ts';
import { socketOfServer } from '../support/watched-server.ts';

/** The used members of packages for XState 4, whose types are not installed. */
interface OldPackages {
  readonly WebSocket: new (url: string) => unknown;
  readonly WebSocketServer: new (options: { host: string; port: number }) => SocketServer;
  createWebSocketReceiver(options: { server: string }): { subscribe(next: (event: OldEvent) => void): void };
}
interface SocketServer extends EventEmitter {
  address(): AddressInfo;
  close(): void;
}
interface OldEvent {
  readonly type: string;
  readonly id?: string;
  readonly sessionId: string;
  readonly machine?: { readonly id: string; readonly definition: { readonly states: object } };
  readonly state?: { readonly value: unknown; readonly context: unknown; matches(value: string): boolean };
  readonly event?: { readonly name: string; readonly data: object };
}

/** Installs them by the lock file beside this test, in a temporary folder. */
async function installOldPackages(): Promise<OldPackages> {
  const cwd = tempFolder();
  for (const name of ['package.json', 'package-lock.json'])
    copyFileSync(join(import.meta.dirname, name), join(cwd, name));
  await execa('npm', ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'], { cwd });
  const load = createRequire(join(cwd, 'package.json'));
  return { ...load('ws'), ...load('@xstate/inspect') };
}

/** Feeds lines to their receiver through a web socket, and returns its events. */
async function receive(old: OldPackages, lines: readonly string[]): Promise<OldEvent[]> {
  const server = new old.WebSocketServer({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  await once(server, 'listening');
  // Their code expects the browser's global.
  vi.stubGlobal('WebSocket', old.WebSocket);
  onTestFinished(() => void vi.unstubAllGlobals());
  const received: OldEvent[] = [];
  const receiver = old.createWebSocketReceiver({ server: `127.0.0.1:${server.address().port}` });
  receiver.subscribe((event) => received.push(event));
  const [client] = await once(server, 'connection');
  await once(client, 'message');
  for (const line of lines) client.send(line);
  await expect.poll(() => received.length, { timeout: 15_000 }).toBe(lines.length);
  client.terminate();
  return received;
}

describe('maitred inspect --stream --old-inspect', () => {
  it('is read by the receiver of @xstate/inspect 0.8: charts, events and states of a whole life', async () => {
    const old = await installOldPackages();
    const world = aWorld();
    const server = spawnServer({ world, args: ['--inspect'] });
    await server.initialize();
    await untilReady(server);
    await socketOfServer(server);
    const program = join(inject('programDir'), 'maitred.js');
    const args = [program, 'inspect', '--stream', '--old-inspect'];
    const child = spawn(process.execPath, args, { env: world.env, stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const closed = once(child, 'close');
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      out += chunk;
    });
    await expect.poll(() => out, { timeout: 15_000 }).toContain('task.drift');
    await server.leave();
    await closed;

    const received = await receive(old, out.trim().split('\n'));
    const [first] = received;
    expect(first).toMatchObject({ type: 'service.register', id: 'lifecycle' });
    expect(Object.keys(first?.machine?.definition.states ?? {})).toEqual(expect.arrayContaining(['ready', 'stopped']));
    const lifecycle = received.filter(({ sessionId }) => sessionId === first?.sessionId);
    const states = lifecycle.filter(({ type }) => type === 'service.state').map(({ state }) => state?.value);
    expect(states.filter((state, at) => state !== states[at - 1])).toEqual([
      'deferredInit',
      'ready',
      'draining',
      'shutdown',
      'stopped',
    ]);
    expect(lifecycle.find(({ state }) => state?.matches('ready'))?.state?.context).toMatchObject({
      transport: 'stdio',
    });
    expect(lifecycle.map(({ event }) => event?.name)).toContain('SHUTDOWN_TRIGGERED');
    expect(lifecycle.at(-1)?.type).toBe('service.stop');
    const registered = received.filter(({ type }) => type === 'service.register');
    expect(registered.map(({ id }) => id)).toEqual(expect.arrayContaining(['task.backend', 'keepServerRecord']));
    expect(new Set(registered.map(({ sessionId }) => sessionId)).size).toBe(registered.length);
    // Receivers draw the chart from it.
    for (const { machine } of registered) expect(machine?.definition).toBeTypeOf('object');
  });
});
