import { execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { isSameProcessAlive, readProcessIdentity } from '../../src/services/platform/process-identity.ts';
import { lastServerRecord, recordedServerIds } from '../support/recorded-servers.ts';
import { untilStatus } from '../support/server-status.ts';
import type { Message, SpawnedServer } from '../support/spawned-server.ts';
import { anInitialize, aRequest, aToolCall, aWorld, outputOf, spawnServer, textOf } from '../support/spawned-server.ts';

type Audit = 'done' | 'hangs' | 'ignoresAbort' | 'throws';

const start = (audit: Audit, options: { args?: string[] } = {}) =>
  spawnServer({
    script: inject('testProgram'),
    args: ['serve', ...(options.args ?? [])],
    env: { SCRIPTED_AUDIT: audit },
  });

async function untilRefused(server: SpawnedServer): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1)
    if (outputOf(await server.callTool('kitchen_status')).code === 'unavailable') return;
  throw new Error('the server did not start to drain');
}

const errorOf = (answer: Message) => ({ isError: answer.result?.isError, ...outputOf(answer) });

/** A server with one running call and, if the audit hangs, one parked call that waits for the audit. */
async function busyServer(audit: 'done' | 'hangs', args: string[] = []): Promise<SpawnedServer> {
  const server = start(audit, { args });
  await server.initialize();
  server.send(aToolCall('running', 'take_time'));
  if (audit === 'hangs') server.send(aToolCall('waiting', 'need_audit'));
  const state = audit === 'hangs' ? 'deferredInit' : 'ready';
  await untilStatus(
    server,
    (status) => status.state === state && status.calls.waiting.length === (audit === 'hangs' ? 1 : 0),
  );
  return server;
}

describe.each([
  ['deferredInit', 'hangs'],
  ['ready', 'done'],
] as const)('a server that shuts down in %s', (_, audit) => {
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'answers all pending calls after %s and exits with 0',
    async (signal) => {
      const server = await busyServer(audit, ['--set', 'shutdown.drain_ms=100']);
      server.kill(signal);
      expect(await server.exited()).toEqual({ code: 0, signal: null });
      const ids = audit === 'hangs' ? ['running', 'waiting'] : ['running'];
      for (const id of ids)
        expect(errorOf(await server.answerTo(id))).toMatchObject({
          isError: true,
          code: 'unavailable',
          retryable: true,
        });
    },
  );

  test('aborts the calls that do not finish in time after its input ends, answers them, and exits with 0', async () => {
    const server = await busyServer(audit);
    expect(await server.leave()).toEqual({ code: 0, signal: null });
    expect(errorOf(await server.answerTo('running'))).toMatchObject({ code: 'unavailable' });
    if (audit === 'hangs') expect(errorOf(await server.answerTo('waiting'))).toMatchObject({ code: 'unavailable' });
  });

  test('exits with 0 when its client closes the output', async () => {
    const server = await busyServer(audit);
    server.closeOutput();
    server.send(aRequest('unread', 'ping'));
    expect(await server.exited()).toEqual({ code: 0, signal: null });
  });

  test('exits at a second signal, also with a call that ignores its abort signal', async () => {
    const server = await busyServer(audit, ['--set', 'shutdown.drain_ms=60000']);
    server.send(aToolCall('endless', 'ignore_abort'));
    await untilStatus(server, ({ calls }) => calls.in_flight >= 2);
    server.kill('SIGINT');
    await untilRefused(server);
    server.kill('SIGTERM');
    expect(await server.exited()).toEqual({ code: 0, signal: null });
  });
});

/** In all 2 MiB, which no pipe holds. */
const longAnswers = Array.from({ length: 50 }, (_, id) => id);
const longAnswerBytes = 42_000;

test('a server exits at a second signal although its client left megabytes unread', async () => {
  const server = start('done', { args: ['--set', 'shutdown.drain_ms=60000'] });
  await server.initialize();
  await untilStatus(server, ({ state }) => state === 'ready');
  server.pauseOutput();
  server.send(...longAnswers.map((id) => aToolCall(id, 'answer_at_length', { bytes: longAnswerBytes })));
  server.send(aToolCall('endless', 'ignore_abort'));
  const identity = readProcessIdentity(server.pid);
  server.kill('SIGINT');
  await expect.poll(() => server.stderr).toContain('"state":"draining"');
  server.kill('SIGTERM');
  await expect.poll(() => isSameProcessAlive(identity, Date.now())).toBe(false);
  server.resumeOutput();
  expect(await server.exited()).toEqual({ code: 0, signal: null });
});

test('a server whose client is killed exits without a crash although its log is not read any more', async () => {
  const world = aWorld();
  const { env, projectDir, stateFolder } = world;
  const [program, ...handshake] = [
    join(inject('programDir'), 'maitred.js'),
    ...[anInitialize(1), aRequest(2, 'tools/list')].map((message) => JSON.stringify(message)),
  ];
  const client = spawn(process.execPath, ['-e', clientThatReads, program, ...handshake], {
    env,
    cwd: projectDir,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void client.kill('SIGKILL'));
  await expect.poll(() => recordedServerIds(world)).toHaveLength(1);
  client.kill('SIGKILL');
  await expect.poll(() => existsSync(stateFolder.lastServerFile)).toBe(true);
  expect(existsSync(stateFolder.crashesDir)).toBe(false);
  const record = lastServerRecord(world);
  expect(record).toMatchObject({
    shutdownTrigger: expect.stringMatching(/^(eof|stdoutClosed|parentDied)$/),
    degraded: [],
  });
  await expect.poll(() => isSameProcessAlive(record.process, Date.now())).toBe(false);
});

/** Starts a server with pipes, sends it the handshake, and reads its output. */
const clientThatReads = `
  const [program, ...handshake] = process.argv.slice(1);
  const server = require('node:child_process').spawn(process.execPath, [program, 'serve', '--log-level', 'DEBUG']);
  server.stdin.write(handshake.map((line) => line + '\\n').join(''));
  server.stdout.resume();
  server.stderr.resume();
`;

describe('a server with work that ignores its abort signal', () => {
  test('exits by the hard deadline if a call ignores its signal', async () => {
    const server = start('done');
    await server.initialize();
    server.send(aToolCall('endless', 'ignore_abort'));
    await untilStatus(server, ({ calls }) => calls.in_flight >= 1);
    expect(await server.leave()).toEqual({ code: 0, signal: null });
  });

  test('exits by the hard deadline if a start-up task ignores its signal', async () => {
    const server = start('ignoresAbort');
    await server.initialize();
    await untilStatus(server, ({ tasks }) => tasks.audit?.status === 'running');
    server.kill('SIGTERM');
    expect(await server.exited()).toEqual({ code: 0, signal: null });
  });
});

describe('a server whose client ends the input', () => {
  test('answers calls that arrived before the backend was loaded', async () => {
    const server = start('done');
    server.send(aToolCall(1, 'kitchen_status'), aToolCall(2, 'answer_at_length', { bytes: 5 }));
    expect(await server.leave()).toEqual({ code: 0, signal: null });
    expect(outputOf(await server.answerTo(1)).package_version).toBeTypeOf('string');
    expect(textOf(await server.answerTo(2))).toBe('xxxxx');
  });

  test('delivers 2 MiB of answers whole', async () => {
    const server = start('done');
    await server.initialize();
    // From the end of its input on it has a second, which is for the answers alone.
    await untilStatus(server, ({ state }) => state === 'ready');
    server.pauseOutput();
    const args = { bytes: longAnswerBytes, after_turns: 20 };
    server.send(...longAnswers.map((id) => aToolCall(id, 'answer_at_length', args)));
    server.endInput();
    server.resumeOutput();
    expect(await server.exited()).toEqual({ code: 0, signal: null });
    for (const id of longAnswers) expect(textOf(await server.answerTo(id))).toHaveLength(longAnswerBytes);
  });

  test('exits if standard input is closed from the start', async () => {
    const world = aWorld();
    const child = spawn(process.execPath, [inject('testProgram'), 'serve'], {
      cwd: world.projectDir,
      env: world.env,
      stdio: ['ignore', 'ignore', 'ignore'],
    });
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
  });
});

test('a server whose parent dies exits although its pipes stay open', async () => {
  const world = aWorld();
  const pipe = `${world.homeDir}/stdin`;
  execFileSync('mkfifo', [pipe]);
  // Opened for reading and writing, so that it does not end during the test.
  const stdin = openSync(pipe, 'r+');
  onTestFinished(() => closeSync(stdin));
  const script = `const { spawn } = require('node:child_process');
    const child = spawn(process.execPath, [${JSON.stringify(inject('testProgram'))}, 'serve'], { stdio: 'inherit' });
    process.send(child.pid);
    setInterval(() => undefined, 1000);`;
  const parent = spawn(process.execPath, ['-e', script], {
    cwd: world.projectDir,
    env: world.env,
    stdio: [stdin, 'pipe', 'ignore', 'ipc'],
  });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const pid = await new Promise<number>((resolve) => parent.once('message', (message) => resolve(Number(message))));
  const server = readProcessIdentity(pid);
  onTestFinished(() => void (isSameProcessAlive(server, Date.now()) && process.kill(pid, 'SIGKILL')));
  const answered = new Promise((resolve) => parent.stdout?.once('data', resolve));
  writeSync(stdin, `${JSON.stringify(aRequest(1, 'ping'))}\n`);
  await answered;
  parent.kill('SIGKILL');
  await expect.poll(() => isSameProcessAlive(server, Date.now())).toBe(false);
});

describe('a server with a defect', () => {
  test.each([{ rejects: false }, { rejects: true }])(
    'answers pending calls, writes a crash file without secrets, and exits with 70 (%o)',
    async (args) => {
      const server = await busyServer('done');
      server.send(aToolCall('broken', 'break_later', args));
      expect(await server.exited()).toEqual({ code: 70, signal: null });
      expect(errorOf(await server.answerTo('running'))).toMatchObject({ code: 'internal' });
      const { crashesDir } = server.world.stateFolder;
      const [file = ''] = readdirSync(crashesDir);
      const text = readFileSync(`${crashesDir}/${file}`, 'utf8');
      expect(JSON.parse(text)).toMatchObject({ fault: { code: 'internal' }, record: { state: 'ready' } });
      expect(JSON.parse(text).transitions.length).toBeGreaterThan(3);
      expect(text).not.toContain('sk-ant-api03');
      expect(server.stderr).toContain(file);
      expect(server.stderr).not.toContain('sk-ant-api03');
    },
  );

  test('answers each call with why a start-up task failed, and what to do', async () => {
    const server = start('throws');
    await server.initialize();
    const answer = errorOf(await server.callTool('need_audit'));
    expect(answer).toMatchObject({ code: 'unavailable', retryable: true, details: { task: 'audit' } });
    expect(answer).toHaveProperty('error', expect.stringContaining('the audit is broken: repair it'));
    expect(await server.leave()).toEqual({ code: 0, signal: null });
  });
});
