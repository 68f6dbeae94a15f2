import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import type { PageLine } from '../../../inspector/model/page-line.ts';
import { AppError } from '../../../src/domain/app-error.ts';
import { printable } from '../../../src/domain/printable-text.ts';
import { aDeadProcess, aServerRecord, aStateFolder, plantRecord } from '../../doubles/server-records.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { aRecording } from '../../support/a-recording.ts';
import { plantServer } from '../../support/planted-server.ts';
import { runMaitred } from '../../support/run-maitred.ts';
import { untilReady } from '../../support/server-status.ts';
import { aWorld, initializeServer, type SpawnedServer, spawnServer, type World } from '../../support/spawned-server.ts';
import { socketOfServer } from '../../support/watched-server.ts';
import { runProgram } from '../run-program.ts';

const inspect = (stateDir: string, ...args: readonly string[]) =>
  runProgram(['inspect', ...args], { env: { MAITRED_STATE_DIR: stateDir } });

async function aReadyServer(world: World): Promise<SpawnedServer> {
  const server = spawnServer({ world });
  await server.initialize();
  await untilReady(server);
  await socketOfServer(server);
  return server;
}

interface Inspecting {
  readonly out: string;
  readonly err: string;
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly exited: Promise<unknown>;
}

const stream = (world: World, ...args: readonly string[]) => startInspecting(world, ['--stream', ...args]);

function startInspecting(
  world: World,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Inspecting {
  const program = join(inject('programDir'), 'maitred.js');
  const child = spawn(process.execPath, [program, 'inspect', ...args], {
    cwd: world.projectDir,
    env: { ...world.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    out += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    err += chunk;
  });
  return {
    child,
    exited: once(child, 'close'),
    get out() {
      return out;
    },
    get err() {
      return err;
    },
  };
}

/** A port that was free a moment ago. */
async function aFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

describe('maitred inspect --stream', () => {
  it('reports how to start a server if none is running, and lists the running ones if another is asked for', async () => {
    const folder = aStateFolder();
    plantRecord(folder, aServerRecord({ process: aDeadProcess() }));
    const { err, exits } = await inspect(folder.dir, '--stream');
    expect(err).toBe(
      `maitred: no server is running in ${folder.dir}: start one with maitred serve, or start a client that uses maitred\n`,
    );
    expect(exits).toEqual([3]);
    plantRecord(folder, aServerRecord({ serverId: 'server-b' }));
    expect((await inspect(folder.dir, '--stream', '--server', 'x')).err).toBe(
      'maitred: no server x is running: choose one of server-b\n',
    );
  });

  it('rejects two output formats', async () => {
    const { err, exits } = await inspect('/nowhere', '--stream', '--json', '--old-inspect');
    expect(err).toBe('maitred: --json and --old-inspect cannot be combined: omit one of them\n');
    expect(exits).toEqual([2]);
  });

  it('names a server that cannot be watched, such as one of an older version, and the fix', async () => {
    const folder = aStateFolder();
    plantRecord(folder, aServerRecord());
    const { err, exits } = await inspect(folder.dir, '--stream');
    expect(err).toContain(
      `maitred: pid ${process.pid}: there is no socket ${folder.socketsDir}/server-a.sock; if the server is of an older version, let its client restart it, else see maitred status\n`,
    );
    expect(exits).toEqual([69]);
  });

  it('does not take a server that turns it away for one that has ended', async () => {
    const world = aWorld();
    const server = createServer((socket) => socket.destroy());
    server.listen(plantServer(world, 'server-a'));
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { err, exits } = await inspect(world.stateFolder.dir, '--stream');
    expect(err).toContain(`pid ${process.pid}: the server closed the connection at once: it has as many watchers`);
    expect(err).not.toContain('ended');
    expect(exits).toEqual([69]);
  });

  it('prints no terminal control characters, in either format for programs', async () => {
    const world = aWorld();
    const steering = '\u009b31m \u202e';
    await serveLines(world, { actorName: steering, end: true });
    const formats = ['--json', '--old-inspect'].map((format) =>
      runMaitred(world, 'inspect', '--stream', '--server', 'server-a', format),
    );
    for (const { stdout, code } of await Promise.all(formats)) {
      expect(code).toBe(0);
      expect(stdout).toContain('\\u009b31m ');
      expect(stdout).toBe(`${stdout.trimEnd().split('\n').map(printable).join('\n')}\n`);
    }
  });

  it('prints a line for each event of every server, also of one that starts later, and ends with the last server', async () => {
    const world = aWorld();
    const first = await aReadyServer(world);
    const watching = stream(world);
    await expect.poll(() => watching.out).toContain('task.drift');
    const second = await initializeServer({ world });
    await expect.poll(() => watching.out).toContain(`[${second.pid}] lifecycle already there`);
    await first.leave();
    await second.leave();
    const [code] = (await watching.exited) as [number];
    const lines = watching.out.split('\n').map((line) => line.replace(/^[\d:.]+ /, ''));
    expect(code).toBe(0);
    expect(lines.slice(0, 6)).toEqual([
      ...['configure', 'compose', 'openTransport', 'deferredInit', 'ready'].map(
        (state) => `[${first.pid}] lifecycle → ${state}`,
      ),
      `[${first.pid}] lifecycle already there → ready`,
    ]);
    for (const { pid } of [first, second]) {
      expect(lines).toContain(`[${pid}] lifecycle SHUTDOWN_TRIGGERED → draining`);
      expect(lines).toContain(`[${pid}] lifecycle/drain created → active`);
      expect(lines).toContain(`[${pid}] lifecycle drain done → shutdown`);
      expect(lines).toContain(`[${pid}] lifecycle → stopped (done)`);
    }
    const from = ({ pid }: SpawnedServer) =>
      `maitred: pid ${pid}: maitred 0.1.0 in ${world.projectDir}; of its past, only the phases and the calls are known`;
    const endOf = ({ pid }: SpawnedServer) => `maitred: pid ${pid}: The server has ended.`;
    const remarks = watching.err.trimEnd().split('\n');
    expect(remarks).toEqual([from(first), from(second), endOf(first), endOf(second)]);
  });

  it('prints the messages for programs, each with the id of its server', async () => {
    const world = aWorld();
    const server = await aReadyServer(world);
    const watching = stream(world, '--json');
    await expect.poll(() => watching.out).toContain('@xstate.actor');
    server.kill('SIGKILL');
    await watching.exited;
    const messages = watching.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(messages[0]).toMatchObject({ type: 'maitred.hello', pid: server.pid });
    const [{ serverId } = {}] = messages;
    for (const message of messages) expect(message.serverId).toBe(serverId);
    expect(watching.err).toContain('the server ended without giving a reason');
  });

  it('ends when its reader has closed the pipe', async () => {
    const world = aWorld();
    const { writeMore } = await serveLines(world, { actorName: 'anActor' });
    const watching = stream(world);
    await expect.poll(() => watching.out).toContain('anActor');
    watching.child.stdout.destroy();
    const writing = setInterval(writeMore, 20);
    onTestFinished(() => clearInterval(writing));
    await watching.exited;
    expect(watching.err).not.toContain('EPIPE');
  });
});

describe('maitred inspect --stream FILE', () => {
  const nowhere = '/nowhere';

  it('prints a recording as the stream of its server was, without a server', async () => {
    const { out, err, exits } = await inspect(nowhere, '--stream', aRecording('lifecycle'));
    expect(exits).toEqual([0]);
    expect(err).toBe(
      'maitred: pid 4242: maitred 0.1.0 in /home/someone/shop; recorded from the start\nmaitred: pid 4242: The server has ended.\n',
    );
    const lines = out.trimEnd().split('\n');
    expect(lines.slice(0, 2)).toEqual([
      expect.stringMatching(/^[\d:.]+ \[4242\] lifecycle → configure$/),
      expect.stringMatching(/^[\d:.]+ \[4242\] lifecycle already there → configure$/),
    ]);
    expect(out).toMatch(/^[\d:.]+ \[4242\] lifecycle closeTransport done → stopped \(done\)$/m);
  });

  it('prints all messages for programs, or what receivers of @xstate/inspect know', async () => {
    const file = aRecording('lifecycle');
    const recorded = readFileSync(file, 'utf8').trimEnd().split('\n').slice(1);
    const { out } = await inspect(nowhere, '--stream', file, '--json');
    const { serverId } = JSON.parse(recorded[0] ?? '') as { serverId: string };
    const messages = recorded.map((line) => ({ ...(JSON.parse(line) as object), serverId }));
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(messages);
    const old = await inspect(nowhere, '--stream', file, '--old-inspect');
    expect(JSON.parse(old.out.split('\n', 1)[0] ?? '')).toMatchObject({ type: 'service.register', id: 'lifecycle' });
  });

  it('skips and counts lines that are no messages, and prints no terminal control characters', async () => {
    const file = join(tempFolder(), 'a.jsonl');
    const lines = [
      { type: 'maitred.recording', formatVersion: 1, serverId: 'server-\u009ba' },
      {
        type: '@xstate.actor',
        id: '1',
        createdAt: '0',
        sessionId: 'x',
        name: '\u009b31m',
        snapshot: { status: 'active' },
      },
      { type: '@xstate.snapshot' },
    ].map((line) => JSON.stringify(line));
    writeFileSync(file, [...lines, '{}', 'not JSON', ''].join('\n'));
    const { out, err, exits } = await inspect(nowhere, '--stream', file);
    expect(exits).toEqual([0]);
    expect(out).toBe(
      `00:00:00.000 [server-\\u009ba] \\u009b31m already there → active\n`.replace('00:00:00.000', out.slice(0, 12)),
    );
    expect(err).toBe(`maitred: ${file}: 3 lines skipped: not a message of this version\n`);
  });

  it('says what is wrong with a file that is no recording', async () => {
    const file = join(tempFolder(), 'a.txt');
    writeFileSync(file, 'hello\n');
    const { err, exits } = await inspect(nowhere, '--stream', file);
    expect([err, exits]).toEqual([
      `maitred: ${file} is not a recording: choose a file that the inspector saved\n`,
      [2],
    ]);
  });
});

/** A server, run by the test, that sends an actor to each watcher, and the same again when the test wants. */
async function serveLines(world: World, { actorName, end = false }: { actorName: string; end?: boolean }) {
  const hello = { type: 'maitred.hello', version: '1', projectDir: '/', phases: [], recording: { dropped: {} } };
  const actor = { type: '@xstate.actor', name: actorName, definition: '{}', snapshot: { status: 'active' } };
  const lineOf = (message: object) => Buffer.from(`${JSON.stringify(message)}\n`, 'latin1');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).write(lineOf(hello));
    socket.write(lineOf(actor));
    if (end) socket.end();
  });
  server.listen(plantServer(world, 'server-a'));
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    writeMore() {
      for (const socket of sockets) socket.write(lineOf(actor));
    },
  };
}

/** An inspector, and a browser that has opened the link. */
async function openInspector(world: World, ...args: readonly string[]) {
  const inspecting = startInspecting(world, args);
  await expect.poll(() => inspecting.out).toMatch(/\n$/);
  const link = inspecting.out.trim();
  const welcome = await fetch(link, { redirect: 'manual' });
  const cookie = welcome.headers.get('set-cookie')?.replace(/;.*/, '') ?? '';
  const ask = (path: string) => fetch(new URL(path, link), { headers: { cookie } });
  return {
    inspecting,
    link,
    ask,
    async stream() {
      const { body } = await ask('/stream');
      let text = '';
      const read = async () => {
        for await (const chunk of body ?? []) text += Buffer.from(chunk).toString();
      };
      // The inspector may end before its page.
      void read().catch(() => undefined);
      return {
        of: (pid: number) =>
          text
            .split('\n')
            .slice(0, -1)
            .map((line) => JSON.parse(line) as PageLine)
            .filter(
              (line, _, all) => line.serverId === all.find((each) => 'pid' in each && each.pid === pid)?.serverId,
            ),
      };
    },
  };
}

describe('maitred inspect', () => {
  it('prints one link, which opens the built page, and ends at Ctrl-C at once even while pages are open', async () => {
    const { inspecting, link, ask } = await openInspector(aWorld());
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
    expect(await (await ask('/')).text()).toContain('<title>maitred inspect</title>');
    for (const path of ['/page.js', '/page.css']) expect((await ask(path)).status).toBe(200);
    const { hash } = JSON.parse(readFileSync(join(inject('programDir'), 'charts/lifecycle.json'), 'utf8'));
    expect(await (await ask(`/charts/${hash}.json`)).json()).toMatchObject({ name: 'lifecycle', hash });
    expect((await ask('/recording')).status).toBe(204);
    const pages = [await ask('/stream'), await ask('/stream')];
    inspecting.child.kill('SIGINT');
    expect(await inspecting.exited).toEqual([0, null]);
    for (const { body } of pages) await expect(body?.getReader().read()).rejects.toThrow();
    expect(inspecting.err).toBe('maitred: no server is running yet, new ones will appear; Ctrl-C ends the inspector\n');
  });

  it('shows a server that starts later, and reports its end; another is killed', async () => {
    const world = aWorld();
    const inspector = await openInspector(world);
    const page = await inspector.stream();
    const [left, killed] = await Promise.all([initializeServer({ world }), initializeServer({ world })]);
    const statesOf = ({ pid }: SpawnedServer) =>
      page.of(pid).flatMap((line) => (line.type === 'inspector.server' ? [[line.status, line.why]] : []));
    for (const server of [left, killed]) {
      await expect.poll(() => page.of(server.pid).map(({ type }) => type)).toContain('@xstate.actor');
      expect(page.of(server.pid)[1]).toMatchObject({ type: 'maitred.hello', pid: server.pid });
      expect(statesOf(server)).toEqual([['running', null]]);
    }
    await left.leave();
    killed.kill('SIGKILL');
    await expect
      .poll(() => [statesOf(left), statesOf(killed)])
      .toEqual([
        [
          ['running', null],
          ['ended', 'The server has ended.'],
        ],
        [
          ['running', null],
          ['disappeared', null],
        ],
      ]);
    inspector.inspecting.child.kill('SIGTERM');
    expect(await inspector.inspecting.exited).toEqual([0, null]);
  });

  it('prints the link, the port and the running servers for programs', async () => {
    const world = aWorld();
    await serveLines(world, { actorName: 'anActor' });
    const inspecting = startInspecting(world, ['--json']);
    const preselecting = startInspecting(world, ['--server', 'server-a']);
    await expect.poll(() => inspecting.out).toMatch(/\n$/);
    const { url, port, servers } = JSON.parse(inspecting.out);
    expect(url).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${port}/`));
    expect(servers).toEqual([
      { id: 'server-a', pid: process.pid, project: '/home/someone/shop', version: expect.any(String) },
    ]);
    await expect.poll(() => inspecting.err).toBe('maitred: 1 server is running; Ctrl-C ends the inspector\n');
    await expect.poll(() => preselecting.out).toMatch(/#server=server-a\n$/);
  });

  it('uses the requested port, and reports a port that is taken', async () => {
    const world = aWorld();
    const port = await aFreePort();
    const { link } = await openInspector(world, '--port', String(port));
    expect(new URL(link).port).toBe(String(port));
    const second = startInspecting(world, ['--port', String(port)]);
    expect(await second.exited).toEqual([5, null]);
    expect(second.err).toContain(`maitred: port ${port} of 127.0.0.1 is taken: choose another one with --port`);
    expect(second.out).toBe('');
  });

  it('shows a recording, without a server', async () => {
    const world = aWorld();
    const text = '{"type":"maitred.recording","formatVersion":1}\n{"type":"maitred.hello"}\n';
    writeFileSync(join(world.projectDir, 'monday.jsonl'), text);
    const { inspecting, ask } = await openInspector(world, 'monday.jsonl');
    expect(await (await ask('/recording')).text()).toBe(text);
    expect(inspecting.err).toBe(
      `maitred: showing ${join(world.projectDir, 'monday.jsonl')}; Ctrl-C ends the inspector\n`,
    );
    rmSync(join(world.projectDir, 'monday.jsonl'));
    expect((await ask('/recording')).status).toBe(500);
    expect(inspecting.err).toContain('/recording cannot be sent: ENOENT');
  });

  it('reports what is wrong with a file that is not a recording', async () => {
    const dir = tempFolder();
    const at = (name: string) => join(dir, name);
    writeFileSync(at('notes.txt'), 'milk\n');
    writeFileSync(at('newer.jsonl'), '{"type":"maitred.recording","formatVersion":2}\n');
    const resultOf = async (name: string) => {
      const { err, exits } = await inspect(dir, at(name));
      return [err.trim(), ...exits];
    };
    expect(await resultOf('nothing')).toEqual([
      `maitred: ${at('nothing')} does not exist: check the path; the browser saves recordings in its download folder`,
      3,
    ]);
    for (const name of ['notes.txt', '.'])
      expect(await resultOf(name)).toEqual([
        expect.stringContaining('is not a recording: choose a file that the inspector saved'),
        2,
      ]);
    expect(await resultOf('newer.jsonl')).toEqual([expect.stringContaining('saved by another version'), 2]);
    writeFileSync(at('endless.jsonl'), '{"type":"maitred.recording","formatVersion":1}\n');
    truncateSync(at('endless.jsonl'), 5_000_000_000);
    expect(await resultOf('endless.jsonl')).toEqual([expect.stringContaining('too large to be a recording'), 2]);
  });

  it('opens the browser with the link, and prints the link if it cannot', async () => {
    const world = aWorld();
    const opened = join(world.homeDir, 'opened');
    const bin = join(world.homeDir, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'xdg-open'), `#!/bin/sh\necho "$1" > ${opened}\n`, { mode: 0o755 });
    const inspecting = startInspecting(world, ['--open'], { PATH: `${bin}:${world.env.PATH}` });
    await expect.poll(() => existsSync(opened) && readFileSync(opened, 'utf8')).toMatch(/\n$/);
    const link = readFileSync(opened, 'utf8').trim();
    const statusOf = async (url: string) => (await fetch(url, { redirect: 'manual' })).status;
    // Other users can read a program's arguments: this link works once, the printed one until the inspector ends.
    for (const status of [303, 403]) expect(await statusOf(link)).toBe(status);
    for (const status of [303, 303]) expect(await statusOf(inspecting.out.trim())).toBe(status);
    writeFileSync(join(bin, 'xdg-open'), '#!/bin/sh\nexit 3\n', { mode: 0o755 });
    const failing = startInspecting(world, ['--open'], { PATH: `${bin}:${world.env.PATH}` });
    await expect
      .poll(() => failing.err)
      .toContain('maitred: xdg-open cannot open a browser (it ended with 3). Open the link yourself.\n');
    const without = startInspecting(world, ['--open'], { PATH: '/nowhere' });
    await expect.poll(() => without.err).toContain('xdg-open does not exist');
    expect(await fetch(without.out.trim(), { redirect: 'manual' })).toMatchObject({ status: 303 });
  });

  it.each([
    ['--port', '0', '--port must be a number from 1 to 65535'],
    ['--port', '70000', '--port must be a number from 1 to 65535'],
    ['--stream', '--open', '--open cannot be combined with --stream, which opens no page: omit one of them'],
  ])('refuses %s %s with what to do', async (one, other, words) => {
    const { err, exits } = await inspect('/nowhere', one, other);
    expect([err, ...exits]).toEqual([`maitred: ${words}\n`, 2]);
  });

  it.each([1, 65_535])('serves at port %d if asked to', async (wanted) => {
    const openInspector = vi.fn(() => Promise.reject(new AppError('conflict', 'not here')));
    const argv = ['inspect', '--port', String(wanted)];
    await runProgram(argv, { env: { MAITRED_STATE_DIR: tempFolder() }, openInspector });
    expect(openInspector).toHaveBeenCalledWith(expect.objectContaining({ port: wanted }));
  });

  it('is in the help, with examples', async () => {
    expect((await inspect('/nowhere', '--help')).out).toContain('Example:\n  $ maitred inspect --open\n');
    expect((await runMaitred(aWorld(), '--help')).stdout).toMatch(/inspect \[options\] \[FILE\] +show the charts of/);
  });
});
