import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { World } from '../support/spawned-server.ts';
import { aToolCall, initializeServer, outputOf, textOf } from '../support/spawned-server.ts';

const linesIn = ({ projectDir }: World): Readonly<Record<string, unknown>>[] =>
  readFileSync(`${projectDir}/calls.jsonl`, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

test('serve --log-calls writes every answered call, without secrets, and is complete when the input has ended', async () => {
  const server = await initializeServer({ args: ['--log-calls', 'calls.jsonl'], env: { API_KEY: 'a-known-secret' } });
  await server.ask('ping');
  await server.ask('tools/list');
  await server.callTool('open_kitchen');
  const answer = await server.callTool('run_cmd', { cmd: 'echo a-known-$(echo secret)', cwd: server.world.projectDir });
  expect(textOf(answer)).toContain('a-known-secret');
  await server.callTool('run_cmd', { cmd: 'a-known-secret' });
  await server.ask('resources/read', { uri: 'a:b' });
  expect(await server.leave()).toEqual({ code: 0, signal: null });
  const lines = linesIn(server.world);
  expect(lines).toMatchObject([
    { tool: 'open_kitchen', outcome: 'result' },
    { tool: 'run_cmd', outcome: 'result', answer: JSON.stringify(answer).replaceAll('a-known-secret', '[redacted]') },
    { tool: 'run_cmd', outcome: 'toolError', request: expect.stringContaining('"cmd":"[redacted]"') },
    { tool: null, method: 'resources/read', outcome: 'error' },
  ]);
});

test('serve --log-calls has every call of a server that a signal ended, also those that it refused then', async () => {
  const server = await initializeServer({ args: ['--log-calls=calls.jsonl', '--set', 'shutdown.drain_ms=100'] });
  await server.callTool('open_kitchen');
  server.send(aToolCall('sleeps', 'run_cmd', { cmd: 'sleep 600', cwd: server.world.projectDir }, 'progress'));
  await server.waitFor('progress', ({ method }) => method === 'notifications/progress');
  server.kill('SIGTERM');
  await server.exited();
  expect(linesIn(server.world)).toMatchObject([
    { tool: 'open_kitchen', ran_ms: expect.any(Number) },
    { tool: 'run_cmd', id: 'sleeps', outcome: 'toolError' },
  ]);
});

test('serve --log-calls with a folder that is missing serves all the same, and says what does not work', async () => {
  const server = await initializeServer({ args: ['--log-calls', 'none/calls.jsonl'] });
  const degraded = async () => outputOf(await server.callTool('kitchen_status')).degraded;
  const cause = expect.stringContaining(`${server.world.projectDir}/none/calls.jsonl cannot be written (ENOENT)`);
  await expect.poll(degraded).toMatchObject([{ what: 'the call log', cause }]);
  expect(await server.leave()).toEqual({ code: 0, signal: null });
});

test('serve --log-calls keeps serving when the disk is full', async () => {
  const launcher = ['bash', '-c', 'ulimit -f 64; exec "$@"', 'bash'];
  const server = await initializeServer({ launcher, args: ['--log-calls', 'calls.jsonl'] });
  for (let count = 0; count < 20; count += 1) await server.callTool('kitchen_status', { text: 'x'.repeat(5_000) });
  const degraded = async () => outputOf(await server.callTool('kitchen_status')).degraded;
  await expect.poll(degraded).toMatchObject([{ what: 'the call log', cause: expect.stringContaining('(EFBIG)') }]);
  expect(await server.leave()).toEqual({ code: 0, signal: null });
});
