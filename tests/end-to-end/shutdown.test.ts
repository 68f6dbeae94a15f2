import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { isSameProcessAlive, readProcessIdentity } from '../../src/services/platform/process-identity.ts';
import { lastServerRecord, recordedServerIds } from '../support/recorded-servers.ts';
import { untilStatus } from '../support/server-status.ts';
import type { Message, SpawnedServer, SpawnOptions } from '../support/spawned-server.ts';
import { anInitialize, aRequest, aToolCall, aWorld, outputOf, spawnServer, textOf } from '../support/spawned-server.ts';

type Audit = 'done' | 'hangs' | 'ignoresAbort' | 'throws';

const start = (audit: Audit, { args = [], env = {} }: Pick<SpawnOptions, 'args' | 'env'> = {}) =>
  spawnServer({ script: inject('testProgram'), args: ['serve', ...args], env: { SCRIPTED_AUDIT: audit, ...env } });

async function untilRefused(server: SpawnedServer): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1)
    if (outputOf(await server.callTool('kitchen_status')).code === 'unavailable') return;
  throw new Error('the server did not start to drain');
}

const errorOf = (answer: Message) => ({ isError: answer.result?.isError, ...outputOf(answer) });
const cleanExit = { code: 0, signal: null };

/** A server with a running call and a call that waits for the audit, which hangs. */
async function aBusyServer(...args: readonly string[]): Promise<SpawnedServer> {
  const server = start('hangs', { args });
  await server.initialize();
  server.send(aToolCall('running', 'take_time'), aToolCall('waiting', 'need_audit'));
  await untilStatus(server, ({ calls }) => calls.in_flight >= 2 && calls.waiting.length === 1);
  return server;
}

async function expectRefused(server: SpawnedServer): Promise<void> {
  for (const id of ['running', 'waiting'])
    expect(errorOf(await server.answerTo(id)), id).toMatchObject({
      isError: true,
      code: 'unavailable',
      retryable: true,
    });
}

describe('a server that shuts down while it works', () => {
  test('answers all pending calls after SIGTERM, SIGINT and SIGHUP and exits with 0', async () => {
    const endBy = async (signal: NodeJS.Signals) => {
      const server = await aBusyServer('--set', 'shutdown.drain_ms=100');
      server.kill(signal);
      expect(await server.exited(), signal).toEqual(cleanExit);
      await expectRefused(server);
    };
    await Promise.all((['SIGTERM', 'SIGINT', 'SIGHUP'] as const).map(endBy));
  });

  test('aborts the calls that do not finish in time after its input ends, answers them, and exits with 0', async () => {
    const server = await aBusyServer();
    expect(await server.leave()).toEqual(cleanExit);
    await expectRefused(server);
  });

  test('exits at a second signal, also with a call that ignores its abort signal', async () => {
    const server = await aBusyServer('--set', 'shutdown.drain_ms=60000');
    server.send(aToolCall('endless', 'ignore_abort'));
    await untilStatus(server, ({ calls }) => calls.in_flight >= 3);
    server.kill('SIGINT');
    await untilRefused(server);
    server.kill('SIGTERM');
    expect(await server.exited()).toEqual(cleanExit);
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
  expect(await server.exited()).toEqual(cleanExit);
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

test('a server exits by the hard deadline if a call or a start-up task ignores its abort signal', async () => {
  const endDuringCall = async () => {
    const server = start('done');
    await server.initialize();
    server.send(aToolCall('endless', 'ignore_abort'));
    await untilStatus(server, ({ calls }) => calls.in_flight >= 2);
    return server.leave();
  };
  const endDuringTask = async () => {
    const server = start('ignoresAbort', { args: ['--set', 'shutdown.drain_ms=100'] });
    await server.initialize();
    await untilStatus(server, ({ tasks }) => tasks.audit?.status === 'running');
    server.kill('SIGTERM');
    return server.exited();
  };
  expect(await Promise.all([endDuringCall(), endDuringTask()])).toEqual([cleanExit, cleanExit]);
});

describe('a server whose client ends the input', () => {
  const isPatient = { env: { EOF_FINISH_MS: '60000' } };

  test('answers calls that arrived before the backend was loaded', async () => {
    const server = start('done', isPatient);
    server.send(aToolCall(1, 'kitchen_status'), aToolCall(2, 'answer_at_length', { bytes: 5 }));
    expect(await server.leave()).toEqual(cleanExit);
    expect(outputOf(await server.answerTo(1)).package_version).toBeTypeOf('string');
    expect(textOf(await server.answerTo(2))).toBe('xxxxx');
  });

  test('delivers 2 MiB of answers whole', async () => {
    const server = start('done', isPatient);
    await server.initialize();
    server.pauseOutput();
    const args = { bytes: longAnswerBytes, after_turns: 20 };
    server.send(...longAnswers.map((id) => aToolCall(id, 'answer_at_length', args)));
    server.endInput();
    server.resumeOutput();
    expect(await server.exited()).toEqual(cleanExit);
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

describe('a server with a defect', () => {
  test('answers pending calls, writes a crash file without secrets, and exits with 70', async () => {
    const breakOne = async (rejects: boolean) => {
      const server = start('done');
      await server.initialize();
      await untilStatus(server, ({ state }) => state === 'ready');
      server.send(aToolCall('running', 'take_time'), aToolCall('broken', 'break_later', { rejects }));
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
    };
    await Promise.all([false, true].map(breakOne));
  });

  test('answers each call with why a start-up task failed, and what to do', async () => {
    const server = start('throws');
    await server.initialize();
    const answer = errorOf(await server.callTool('need_audit'));
    expect(answer).toMatchObject({ code: 'unavailable', retryable: true, details: { task: 'audit' } });
    expect(answer).toHaveProperty('error', expect.stringContaining('the audit is broken: repair it'));
    expect(await server.leave()).toEqual(cleanExit);
  });
});
