import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { readRecording } from '../../../inspector/model/read-recording.ts';
import { findRecording } from '../../../src/cli/inspect/recording-file.ts';
import { saveServer } from '../../../src/cli/inspect/save-server.ts';
import { type StateFolder, stateFolderAt } from '../../../src/domain/state-folder.ts';
import { aServerRecord, aStateFolder, plantRecord } from '../../doubles/server-records.ts';
import { anInspector } from '../../support/an-inspector.ts';
import { plantServer } from '../../support/planted-server.ts';
import { run } from '../../support/run-maitred.ts';
import { untilReady } from '../../support/server-status.ts';
import { aWorld, spawnServer, type World } from '../../support/spawned-server.ts';
import { socketOfServer } from '../../support/watched-server.ts';
import { runProgram } from '../run-program.ts';

const hello = {
  type: 'maitred.hello',
  wireVersion: 1,
  serverId: 'server-a',
  pid: 42,
  version: '0.1.0',
  projectDir: '/home/someone/shop',
  startedAtMs: 1_000,
  state: 'ready',
  phases: [],
  recording: { since: 'watcher', sinceMs: 2_000, messages: 0, dropped: { messages: 0, bytes: 0 } },
};
const bye = { type: 'maitred.bye', why: 'The server has ended.' };
const lost = { type: 'maitred.lost', messages: 3, why: 'notReadable' };

/** A server whose messages the test sends. */
async function aServer(world: World) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.write(textOf(hello));
  });
  const send = (...messages: readonly object[]) => {
    for (const socket of sockets) socket.write(messages.map(textOf).join(''));
  };
  const close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  server.listen(plantServer(world, 'server-a'));
  await once(server, 'listening');
  onTestFinished(close);
  return {
    send,
    /** Closes each connection once everything has been sent. */
    end() {
      for (const socket of sockets) socket.end();
    },
  };
}

const textOf = (message: object) => `${JSON.stringify(message)}\n`;

const linesOf = (file: string): unknown[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

/** Saves that server in this process. */
function saving(world: World, file: string, mostBytes?: number) {
  const remarks: string[] = [];
  const host = {
    cwd: () => world.projectDir,
    platform: process.platform,
    stderr: { write: (text: string) => remarks.push(text) },
  } as unknown as Parameters<typeof saveServer>[0];
  const folder = stateFolderAt(world.env.MAITRED_STATE_DIR ?? '');
  const server = aServerRecord({ serverId: 'server-a' });
  const end = saveServer(host, { folder, server, file, ...(mostBytes === undefined ? {} : { mostBytes }) });
  return { end, remarks, file: join(world.projectDir, file) };
}

describe('A recording that maitred inspect --save writes', () => {
  it('has what the server sends, as it comes, and is for its user only', async () => {
    const world = aWorld();
    const server = await aServer(world);
    const { file, end, remarks } = saving(world, 'monday.jsonl');
    const header = { type: 'maitred.recording', formatVersion: 1, serverId: 'server-a', forgotten: 0 };
    await expect.poll(() => existsSync(file) && linesOf(file)).toMatchObject([header, hello]);
    server.send(lost);
    await expect.poll(() => linesOf(file)).toMatchObject([header, hello, lost]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(remarks).toEqual([`maitred: recording server server-a in ${file}\n`]);
    server.send(bye);
    server.end();
    await end(60_000);
    expect(linesOf(file)).toMatchObject([header, hello, lost, bye]);
    expect(remarks.slice(1)).toEqual([`maitred: ${file} is complete: the server has ended\n`]);
    expect(findRecording(world.projectDir, 'monday.jsonl')).toBe(file);
  });

  it('does not claim to be complete if the server died', async () => {
    const world = aWorld();
    const server = await aServer(world);
    const { file, end, remarks } = saving(world, 'monday.jsonl');
    await expect.poll(() => existsSync(file) && linesOf(file).length).toBe(2);
    server.end();
    await end(60_000);
    expect(remarks.slice(1)).toEqual([
      `maitred: ${file} has what came until the server ended without giving a reason\n`,
    ]);
  });

  it('is not left if the server turns the watcher away, and the command says so', async () => {
    const world = aWorld();
    const server = createServer((socket) => socket.destroy());
    server.listen(plantServer(world, 'server-a'));
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { file, end, remarks } = saving(world, 'monday.jsonl');
    await expect(end(60_000)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('as many watchers as it serves'),
    });
    expect(remarks.join('')).not.toContain('complete');
    expect(existsSync(file)).toBe(false);
  });

  it('ends at once if it is asked to, has what came before, and says how much that is', async () => {
    const world = aWorld();
    const server = await aServer(world);
    const { file, end, remarks } = saving(world, 'monday.jsonl');
    await expect.poll(() => existsSync(file) && linesOf(file).length).toBe(2);
    server.send(lost, lost);
    await expect.poll(() => linesOf(file).length).toBe(4);
    await end(0);
    expect(linesOf(file)).toHaveLength(4);
    expect(remarks.slice(1)).toEqual([`maitred: ${file}: 3 messages; ended by you\n`]);
  });

  it('can be opened if it was cut in the middle of a line', async () => {
    const world = aWorld();
    const server = await aServer(world);
    const { file, end } = saving(world, 'monday.jsonl');
    server.send(lost);
    await expect.poll(() => existsSync(file) && linesOf(file).length).toBeGreaterThan(1);
    server.send(bye);
    server.end();
    await end(60_000);
    truncateSync(file, statSync(file).size - 12);
    expect(findRecording('/', file)).toBe(file);
    const { recording, problems } = await readRecording(readFileSync(file, 'utf8'));
    expect(recording.hello).toMatchObject({ pid: 42 });
    expect(problems).toEqual([expect.stringMatching(/the last one, is incomplete and was skipped/)]);
  });

  it('is not left if the server cannot be watched', async () => {
    const world = aWorld();
    plantServer(world, 'server-a');
    const { file, end, remarks } = saving(world, 'monday.jsonl');
    await expect(end(60_000)).rejects.toThrow('there is no socket');
    expect(remarks[1]).toContain('there is no socket');
    expect(existsSync(file)).toBe(false);
  });

  it('does not become larger than a recording that can be opened', async () => {
    const world = aWorld();
    const server = await aServer(world);
    const { file, end } = saving(world, 'monday.jsonl', 600);
    await expect.poll(() => existsSync(file) && linesOf(file).length).toBe(2);
    server.send(...Array.from({ length: 10 }, () => lost));
    await expect(end(60_000)).rejects.toThrow(`${file} is full: a recording has at most`);
    expect(statSync(file).size).toBeLessThanOrEqual(600);
    expect(linesOf(file)).toHaveLength(2);
  });
});

describe('maitred inspect --save', () => {
  const inspect = (folder: StateFolder, ...args: readonly string[]) =>
    runProgram(['inspect', ...args], { env: { MAITRED_STATE_DIR: folder.dir }, cwd: () => dirname(folder.dir) });

  it('asks for one server if several are running, and says that none is', async () => {
    const folder = aStateFolder();
    expect((await inspect(folder, '--save', 'a.jsonl')).err).toContain('no server is running');
    for (const serverId of ['server-a', 'server-b']) plantRecord(folder, aServerRecord({ serverId }));
    expect(await inspect(folder, '--save', 'a.jsonl')).toMatchObject({
      err: 'maitred: --save records one server, but several are running: choose one with --server, of server-a, server-b\n',
      exits: [2],
    });
    expect(readdirSync(dirname(folder.dir))).toEqual(['state']);
  });

  it('does not overwrite a file, and says where it cannot create one', async () => {
    const folder = aStateFolder();
    plantRecord(folder, aServerRecord());
    const file = join(dirname(folder.dir), 'a.jsonl');
    writeFileSync(file, 'mine');
    expect(await inspect(folder, '--save', 'a.jsonl')).toMatchObject({
      err: `maitred: ${file} exists: choose another name, or remove it first\n`,
      exits: [5],
    });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(await inspect(folder, '--save', 'none/a.jsonl')).toMatchObject({
      err: expect.stringContaining('none/a.jsonl cannot be written (ENOENT): see that its folder exists'),
      exits: [69],
    });
  });

  it('refuses a recording to show', async () => {
    const folder = aStateFolder();
    expect(await inspect(folder, 'a.jsonl', '--save', 'b.jsonl')).toMatchObject({
      err: 'maitred: --save cannot be combined with FILE, which is a recording already: omit one of them\n',
      exits: [2],
    });
  });

  it('records beside the page until Ctrl-C, and beside the stream until the server ends', async () => {
    const server = spawnServer();
    const { world } = server;
    await server.initialize();
    await untilReady(server);
    await socketOfServer(server);
    const ofPage = join(world.projectDir, 'page.jsonl');
    const ofStream = join(world.projectDir, 'stream.jsonl');
    const inspector = await anInspector(world, '--save', 'page.jsonl');
    const streaming = run(process.execPath, [...program(), '--stream', '--save', 'stream.jsonl'], atProject(world));
    for (const file of [ofPage, ofStream])
      await expect.poll(() => existsSync(file) && readFileSync(file, 'utf8')).toContain('@xstate.actor');
    await inspector.leave();
    expect((await readRecording(readFileSync(ofPage, 'utf8'))).problems).toEqual([]);
    await server.leave();
    expect((await streaming).code).toBe(0);
    const { recording, problems } = await readRecording(readFileSync(ofStream, 'utf8'));
    expect(problems).toEqual([]);
    expect(recording.phasesAt(recording.end).at(-1)?.state).toBe('stopped');
    expect(recording.at(recording.end - 1).message).toEqual(bye);
  });

  it('says after Ctrl-C beside the stream how much it has recorded', async () => {
    const world = aWorld();
    await aServer(world);
    const streaming = spawn(process.execPath, [...program(), '--stream', '--save', 'a.jsonl'], {
      ...atProject(world),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    onTestFinished(() => void streaming.kill('SIGKILL'));
    let err = '';
    streaming.stderr.setEncoding('utf8').on('data', (text) => {
      err += text;
    });
    const closed = once(streaming, 'close');
    const file = join(world.projectDir, 'a.jsonl');
    await expect.poll(() => existsSync(file) && linesOf(file).length).toBe(2);
    streaming.kill('SIGINT');
    expect(await closed).toEqual([0, null]);
    expect(err.trimEnd().split('\n').at(-1)).toBe(`maitred: ${file}: 1 message; ended by you`);
  });

  it('says that the disk is full, and keeps the lines before', async () => {
    const world = aWorld();
    const server = await aServer(world);
    // The system refuses to write more than 2 KiB into a file.
    const script = 'ulimit -f 2; exec "$0" "$@"';
    const streaming = run(
      'bash',
      ['-c', script, process.execPath, ...program(), '--stream', '--save', 'a.jsonl'],
      atProject(world),
    );
    const file = join(world.projectDir, 'a.jsonl');
    await expect.poll(() => existsSync(file) && linesOf(file).length).toBe(2);
    for (let sent = 0; sent < 100; sent += 1) server.send(lost);
    server.send(bye);
    server.end();
    const { code, stderr } = await streaming;
    expect(code).toBe(69);
    expect(stderr).toContain(`${file} cannot be written (EFBIG): raise the limit on the size of files (ulimit -f)`);
    expect((await readRecording(readFileSync(file, 'utf8'))).problems).toEqual([]);
  });
});

const program = () => [join(inject('programDir'), 'maitred.js'), 'inspect'];
const atProject = ({ projectDir, env }: World) => ({ cwd: projectDir, env });
