import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { aDeadProcess, aServerRecord, aStateFolder, plantRecord } from '../doubles/server-records.ts';
import { runMaitred } from '../support/run-maitred.ts';
import { untilReady } from '../support/server-status.ts';
import { aWorld, type SpawnedServer, spawnServer, type World } from '../support/spawned-server.ts';
import { socketOfServer } from '../support/watched-server.ts';
import { runProgram } from './run-program.ts';

const inspect = (stateDir: string, ...args: readonly string[]) =>
  runProgram(['inspect', ...args], { env: { MAITRED_STATE_DIR: stateDir } });

async function aReadyServer(world: World): Promise<SpawnedServer> {
  const server = spawnServer({ world });
  await server.greet();
  await untilReady(server);
  await socketOfServer(server);
  return server;
}

interface Stream {
  readonly out: string;
  readonly err: string;
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly exited: Promise<unknown>;
}

function stream(world: World, ...args: readonly string[]): Stream {
  const program = join(inject('programDir'), 'maitred.js');
  const child = spawn(process.execPath, [program, 'inspect', '--stream', ...args], {
    cwd: world.projectDir,
    env: world.env,
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

const patience = { timeout: 15_000 };

describe('maitred inspect', () => {
  it('says that it has the stream only, and gives an example', async () => {
    const { err, exits } = await inspect('/nowhere');
    expect(err).toBe('maitred: this version has the stream only: maitred inspect --stream [--json]\n');
    expect(exits).toEqual([2]);
    expect((await inspect('/nowhere', '--help')).out).toContain('Example:\n  $ maitred inspect --stream\n');
  });

  it('says how to start a server where none runs, and which run where another is asked for', async () => {
    const folder = aStateFolder();
    plantRecord(folder, aServerRecord({ process: aDeadProcess() }));
    const { err, exits } = await inspect(folder.dir, '--stream');
    expect(err).toBe(
      `maitred: no server runs on ${folder.dir}: start one with maitred serve, or let a client start it\n`,
    );
    expect(exits).toEqual([3]);
    plantRecord(folder, aServerRecord({ serverId: 'server-b' }));
    expect((await inspect(folder.dir, '--stream', '--server', 'x')).err).toBe(
      'maitred: no server x runs; there are server-b\n',
    );
  });

  it('prints for one reader at a time', async () => {
    const { err, exits } = await inspect('/nowhere', '--stream', '--json', '--old-inspect');
    expect(err).toBe('maitred: one of --json and --old-inspect is enough\n');
    expect(exits).toEqual([2]);
  });

  it('says which server cannot be watched', async () => {
    const folder = aStateFolder();
    plantRecord(folder, aServerRecord());
    const { err, exits } = await inspect(folder.dir, '--stream');
    expect(err).toContain(
      `maitred: pid ${process.pid}: nobody listens on ${folder.socketsDir}/server-a.sock (ENOENT)\n`,
    );
    expect(exits).toEqual([69]);
  });

  it('prints a line for each event of every server, and ends with the last of them', async () => {
    const world = aWorld();
    const server = await aReadyServer(world);
    const watching = stream(world);
    await expect.poll(() => watching.out, patience).toContain('task.drift');
    await server.leave();
    const [code] = (await watching.exited) as [number];
    const lines = watching.out.split('\n').map((line) => line.replace(/^[\d:.]+ /, ''));
    expect(code).toBe(0);
    expect(lines.slice(0, 6)).toEqual([
      ...['configure', 'compose', 'openTransport', 'deferredInit', 'ready'].map(
        (state) => `[${server.pid}] lifecycle → ${state}`,
      ),
      `[${server.pid}] lifecycle is there → ready`,
    ]);
    expect(lines).toContain(`[${server.pid}] lifecycle ENDED → draining`);
    expect(lines).toContain(`[${server.pid}] lifecycle → stopped (done)`);
    expect(watching.err).toBe(
      `maitred: pid ${server.pid}: maitred 0.1.0 in ${world.projectDir}; of what was before, only the states of its lifecycle are known\n` +
        `maitred: pid ${server.pid}: The server has left.\n`,
    );
  });

  it('gives programs the messages, each with the server that it came from', async () => {
    const world = aWorld();
    const server = await aReadyServer(world);
    const watching = stream(world, '--json');
    await expect.poll(() => watching.out, patience).toContain('@xstate.actor');
    server.kill('SIGKILL');
    await watching.exited;
    const messages = watching.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(messages[0]).toMatchObject({ type: 'maitred.hello', pid: server.pid });
    const [{ serverId } = {}] = messages;
    for (const message of messages) expect(message.serverId).toBe(serverId);
    expect(watching.err).toContain('the server is gone without a farewell');
  });

  it('ends when nobody reads it any more', async () => {
    const world = aWorld();
    const server = await aReadyServer(world);
    const watching = stream(world);
    await expect.poll(() => watching.out, patience).toContain('task.drift');
    watching.child.stdout.destroy();
    await server.callTool('open_kitchen');
    await server.callTool('run_cmd', { cmd: 'true', cwd: world.projectDir });
    await watching.exited;
    expect(watching.err).not.toContain('EPIPE');
    expect(server.isAlive).toBe(true);
  });

  it('stands in the help', async () => {
    expect((await runMaitred(aWorld(), '--help')).stdout).toMatch(/inspect \[options\] +show what the charts/);
  });
});
