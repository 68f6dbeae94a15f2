import type { IncomingMessage } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AppError } from '../../../src/domain/app-error.ts';
import { anInspector, aRunningServer } from './served-inspector.ts';

const patience = { timeout: 15_000 };

/** Collects the lines of a stream. */
function collect(stream: IncomingMessage) {
  let read = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    read += chunk;
  });
  return {
    get text() {
      return read;
    },
    get lines() {
      return read
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    },
  };
}

/** A server whose messages the test provides; each watcher gets all of them. */
function aSimulatedServer() {
  const messages: string[] = [];
  let isOver = false;
  let wake: (() => void)[] = [];
  const wakeWatchers = () => {
    for (const go of wake) go();
    wake = [];
  };
  let watchers = 0;
  return {
    get watchers() {
      return watchers;
    },
    send(...texts: readonly string[]) {
      messages.push(...texts);
      wakeWatchers();
    },
    end() {
      isOver = true;
      wakeWatchers();
    },
    async *watch(_serverId: string, signal: AbortSignal) {
      watchers += 1;
      signal.addEventListener('abort', () => wakeWatchers());
      try {
        for (let at = 0; !signal.aborted; ) {
          const text = messages[at];
          if (text !== undefined) {
            at += 1;
            yield text;
          } else if (isOver) return;
          else await new Promise<void>((go) => wake.push(go));
        }
      } finally {
        watchers -= 1;
      }
    },
  };
}

const hello = '{"type":"maitred.hello"}\n';

describe('The stream of a page', () => {
  it('has the status of each server, and its messages with the id added', async () => {
    const server = aSimulatedServer();
    const inspector = await anInspector({ watch: server.watch });
    const page = collect(await inspector.openStream(await inspector.enter()));
    inspector.setServers(aRunningServer());
    server.send(hello, '{"type":"a","deep":{"b":"}"}}\n{"type":"c"}\n');
    await expect.poll(() => page.lines.length, patience).toBe(4);
    const { startedAtMs } = page.lines[0] ?? {};
    const line = { ...aRunningServer(), startedAtMs, type: 'inspector.server', status: 'running', why: null };
    expect(page.lines).toEqual([
      line,
      { type: 'maitred.hello', serverId: 'server-a' },
      { type: 'a', deep: { b: '}' }, serverId: 'server-a' },
      { type: 'c', serverId: 'server-a' },
    ]);
  });

  it('starts again for a page that reconnects, with everything the server has kept', async () => {
    const server = aSimulatedServer();
    const inspector = await anInspector({ watch: server.watch });
    const cookie = await inspector.enter();
    inspector.setServers(aRunningServer());
    server.send(hello, '{"type":"a"}\n');
    const first = await inspector.openStream(cookie);
    await expect.poll(() => server.watchers, patience).toBe(2);
    first.destroy();
    await expect.poll(() => server.watchers, patience).toBe(1);
    const second = collect(await inspector.openStream(cookie));
    const third = collect(await inspector.openStream(cookie));
    for (const page of [second, third])
      await expect
        .poll(() => page.lines.map(({ type }) => type), patience)
        .toEqual(['inspector.server', 'maitred.hello', 'a']);
  });

  it('reports the end of a server with its reason, and shows later servers', async () => {
    const [server, later] = [aSimulatedServer(), aSimulatedServer()];
    const inspector = await anInspector({ watch: (id, signal) => (id === 'b' ? later : server).watch(id, signal) });
    const cookie = await inspector.enter();
    const page = collect(await inspector.openStream(cookie));
    inspector.setServers(aRunningServer());
    server.send(hello, '{"type":"maitred.bye","why":"The server has ended."}\n');
    server.end();
    const statesOf = (id: string) =>
      page.lines
        .filter(({ type, serverId }) => type === 'inspector.server' && serverId === id)
        .map(({ status, why }) => [status, why]);
    const runAndLeft = [
      ['running', null],
      ['ended', 'The server has ended.'],
    ];
    await expect.poll(() => statesOf('server-a'), patience).toEqual(runAndLeft);
    // Its record may still exist after its bye.
    inspector.setServers(aRunningServer(), aRunningServer({ serverId: 'b' }));
    later.send(hello);
    await expect.poll(() => page.lines.at(-1), patience).toEqual({ type: 'maitred.hello', serverId: 'b' });
    expect(statesOf('server-a')).toEqual(runAndLeft);
    inspector.setServers(aRunningServer({ serverId: 'b' }));
    const next = collect(await inspector.openStream(cookie));
    await expect.poll(() => next.lines.length, patience).toBe(5);
    expect(next.lines[0]).toMatchObject({ serverId: 'b', status: 'running' });
  });

  it('reports a server that disappeared', async () => {
    const server = aSimulatedServer();
    const inspector = await anInspector({ watch: server.watch });
    const page = collect(await inspector.openStream(await inspector.enter()));
    inspector.setServers(aRunningServer());
    server.send(hello);
    server.end();
    await expect.poll(() => page.lines.at(-1), patience).toMatchObject({ status: 'disappeared', why: null });
  });

  it.each([
    ['is not JSON', '{"type":"maitred.bye" and then'],
    ['has no reason', '{"type":"maitred.bye"}'],
    ['has another value as its reason', '{"type":"maitred.bye","why":{}}'],
  ])('reports a server whose bye %s as disappeared', async (_, bye) => {
    const server = aSimulatedServer();
    const inspector = await anInspector({ watch: server.watch });
    inspector.setServers(aRunningServer());
    server.send(hello, `${bye}\n`);
    server.end();
    const page = collect(await inspector.openStream(await inspector.enter()));
    await expect.poll(() => page.text, patience).toContain('"status":"disappeared","why":null}');
  });

  it('gives the reason why a server cannot be watched, retries, and shows it once that works', async () => {
    const server = aSimulatedServer();
    let isThere = false;
    const inspector = await anInspector({
      watch: (id, signal) => {
        if (!isThere) throw new AppError('unavailable', 'nobody listens there');
        return server.watch(id, signal);
      },
    });
    const page = collect(await inspector.openStream(await inspector.enter()));
    for (const _ of [1, 2]) {
      inspector.setServers(aRunningServer());
      await nextTurn();
    }
    await expect
      .poll(() => page.lines, patience)
      .toMatchObject([{ status: 'unreachable', why: 'It cannot be watched: nobody listens there.' }]);
    isThere = true;
    server.send(hello);
    inspector.setServers(aRunningServer());
    await expect
      .poll(() => page.lines.slice(1), patience)
      .toMatchObject([{ status: 'running', why: null }, { type: 'maitred.hello' }]);
  });

  it('reports a silent server as possibly stuck, until it sends something', async () => {
    const silent = aSimulatedServer();
    let nowMs = Date.now();
    const inspector = await anInspector({ watch: silent.watch, nowMs: () => nowMs });
    const page = collect(await inspector.openStream(await inspector.enter()));
    inspector.setServers(aRunningServer());
    nowMs += 3_000;
    inspector.setServers(aRunningServer());
    await expect
      .poll(() => page.lines, patience)
      .toMatchObject([{ status: 'unreachable', why: expect.stringContaining('stuck') }]);
    silent.send(hello);
    await expect.poll(() => page.lines[1], patience).toMatchObject({ status: 'running', why: null });
  });

  it('omits a server that has just started, until it can be watched', async () => {
    let nowMs = Date.now();
    const young = aRunningServer({ startedAtMs: nowMs });
    const inspector = await anInspector({
      watch: () => {
        throw new AppError('unavailable', 'nobody listens there');
      },
      nowMs: () => nowMs,
    });
    const page = collect(await inspector.openStream(await inspector.enter()));
    const old = aRunningServer({ serverId: 'old' });
    inspector.setServers(young, old);
    await expect.poll(() => page.lines, patience).toMatchObject([{ serverId: 'old', status: 'unreachable' }]);
    nowMs += 11_000;
    inspector.setServers(young, old);
    await expect
      .poll(() => page.lines[1], patience)
      .toMatchObject({
        serverId: 'server-a',
        status: 'unreachable',
        why: 'It cannot be watched: nobody listens there.',
      });
  });

  it('gives the reason why a server rejects a page while it serves others', async () => {
    const server = aSimulatedServer();
    const full = async function* () {};
    let watchers = 0;
    const inspector = await anInspector({
      watch: (id, signal) => {
        watchers += 1;
        return watchers > 1 ? full() : server.watch(id, signal);
      },
    });
    const page = collect(await inspector.openStream(await inspector.enter()));
    inspector.setServers(aRunningServer());
    server.send(hello);
    await expect
      .poll(() => page.lines.at(-1), patience)
      .toMatchObject({ status: 'unreachable', why: expect.stringContaining('close another inspector') });
  });

  it('does not report a server as unreachable after it disappeared', async () => {
    const server = aSimulatedServer();
    let refuse = () => {};
    const refused = new Promise<void>((resolve) => {
      refuse = resolve;
    });
    let watchers = 0;
    // biome-ignore lint/correctness/useYield: it is refused before its first message
    const late = async function* () {
      await refused;
      throw new AppError('unavailable', 'nobody listens there');
    };
    const inspector = await anInspector({
      watch: (id, signal) => {
        watchers += 1;
        return watchers === 2 ? late() : server.watch(id, signal);
      },
    });
    const page = collect(await inspector.openStream(await inspector.enter()));
    inspector.setServers(aRunningServer());
    server.send(hello);
    await expect.poll(() => page.lines, patience).toMatchObject([{ status: 'running' }]);
    server.end();
    await expect.poll(() => page.lines, patience).toMatchObject([{}, { status: 'disappeared' }]);
    refuse();
    await nextTurn();
    inspector.setServers(aRunningServer({ serverId: 'b' }));
    await expect.poll(() => page.lines.some(({ serverId }) => serverId === 'b'), patience).toBe(true);
    const ofFirst = page.lines.filter(({ serverId, status }) => serverId === 'server-a' && status !== undefined);
    expect(ofFirst.map(({ status }) => status)).toEqual(['running', 'disappeared']);
  });

  it('reads no more from a server than its page reads, and does not delay other pages', async () => {
    const piece = `${hello}${`{"type":"a","text":"${'x'.repeat(1_000)}"}\n`.repeat(64)}`;
    const taken: number[] = [];
    const inspector = await anInspector({
      watch: async function* (_id, signal) {
        const at = taken.push(0) - 1;
        while (!signal.aborted) {
          taken[at] = (taken[at] ?? 0) + piece.length;
          yield piece;
          await nextTurn();
        }
      },
    });
    const cookie = await inspector.enter();
    inspector.setServers(aRunningServer());
    const slow = await inspector.openStream(cookie);
    slow.pause();
    await expect.poll(() => taken.length, patience).toBe(2);
    let readBytes = 0;
    (await inspector.openStream(cookie)).on('data', ({ length }: Buffer) => {
      readBytes += length;
    });
    await expect.poll(() => readBytes, patience).toBeGreaterThan(100_000_000);
    const [, slowPage = 0] = taken;
    expect(slowPage).toBeLessThan(16_000_000);
  });

  it('has what a server had sent before it left, for an hour', async () => {
    const server = aSimulatedServer();
    let nowMs = Date.now();
    const inspector = await anInspector({ watch: server.watch, nowMs: () => nowMs });
    const cookie = await inspector.enter();
    const first = collect(await inspector.openStream(cookie));
    inspector.setServers(aRunningServer());
    server.send(hello, '{"type":"a"}\n{"type":"b"}\n', '{"type":"maitred.bye","why":"The server has ended."}\n');
    server.end();
    const typesOf = (page: typeof first) => page.lines.map(({ type }) => type);
    await expect.poll(() => first.lines.at(-1), patience).toMatchObject({ status: 'ended' });
    inspector.setServers();
    nowMs += 3_599_000;
    inspector.setServers();
    const later = collect(await inspector.openStream(cookie));
    const all = ['inspector.server', 'maitred.hello', 'a', 'b', 'maitred.bye'];
    await expect.poll(() => typesOf(later), patience).toEqual(all);
    expect(later.lines).toMatchObject([{ status: 'ended' }, ...all.slice(1).map(() => ({ serverId: 'server-a' }))]);
    // A page that was open gets nothing twice.
    expect(typesOf(first)).toEqual([...all, 'inspector.server']);

    nowMs += 2_000;
    inspector.setServers();
    const last = collect(await inspector.openStream(cookie));
    inspector.setServers(aRunningServer({ serverId: 'b' }));
    await expect.poll(() => last.lines.length, patience).toBeGreaterThan(0);
    expect(last.lines.filter(({ serverId }) => serverId === 'server-a')).toEqual([]);
  });

  it('has what a server had sent that left while the page connected to it', async () => {
    const server = aSimulatedServer();
    let refuse = () => {};
    const refused = new Promise<void>((resolve) => {
      refuse = resolve;
    });
    // biome-ignore lint/correctness/useYield: it is refused before its first message
    const late = async function* () {
      await refused;
      throw new AppError('unavailable', 'nobody listens there');
    };
    let watchers = 0;
    const inspector = await anInspector({
      watch: (id, signal) => {
        watchers += 1;
        return watchers === 2 ? late() : server.watch(id, signal);
      },
    });
    const page = collect(await inspector.openStream(await inspector.enter()));
    inspector.setServers(aRunningServer());
    server.send(hello);
    await expect.poll(() => watchers, patience).toBe(2);
    server.end();
    await expect.poll(() => page.lines.at(-1), patience).toMatchObject({ status: 'disappeared' });
    refuse();
    await expect.poll(() => page.lines.at(-1), patience).toMatchObject({ type: 'maitred.hello' });
  });

  it('shows a dozen servers as well as one, without a warning on the terminal', async () => {
    const server = aSimulatedServer();
    const warnings: Error[] = [];
    const hear = (warning: Error) => warnings.push(warning);
    process.on('warning', hear);
    onTestFinished(() => void process.off('warning', hear));
    const inspector = await anInspector({ watch: server.watch });
    const page = collect(await inspector.openStream(await inspector.enter()));
    server.send(hello);
    inspector.setServers(...Array.from({ length: 12 }, (_, at) => aRunningServer({ serverId: `server-${at}` })));
    const hellos = () => page.lines.filter(({ type }) => type === 'maitred.hello');
    await expect.poll(() => new Set(hellos().map(({ serverId }) => serverId)).size, patience).toBe(12);
    expect(warnings).toEqual([]);
  });

  it('ends with the inspector, as does every connection to a server', async () => {
    const server = aSimulatedServer();
    const inspector = await anInspector({ watch: server.watch });
    const stream = await inspector.openStream(await inspector.enter());
    inspector.setServers(aRunningServer());
    server.send(hello);
    await expect.poll(() => server.watchers, patience).toBe(2);
    await inspector.close();
    await expect.poll(() => [stream.resume().destroyed, server.watchers], patience).toEqual([true, 0]);
    await inspector.close();
  });
});
