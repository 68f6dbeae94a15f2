import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { aMarkedWorld, kill } from '../support/marked-world.ts';
import { aToolCall, outputOf, textOf } from '../support/spawned-server.ts';
import { expectCleanEnd, fixtureServer, fixtureServerPid, spawnWrapped } from '../support/wrapped-server.ts';

it('A server that dies in a call is started again, as its client had set it up, and the call says what it wrote', async () => {
  const world = aMarkedWorld();
  const server = spawnWrapped({ world, command: fixtureServer() });
  await server.initialize();
  await server.ask('logging/setLevel', { level: 'error' });
  await server.ask('resources/subscribe', { uri: 'fixture://one' });
  await server.ask('resources/subscribe', { uri: 'fixture://two' });
  await server.ask('resources/unsubscribe', { uri: 'fixture://two' });
  await server.callTool('count');
  const firstPid = await fixtureServerPid(server);
  server.send(aToolCall('pending', 'slow', { ms: 60_000 }));
  expect(outputOf(await server.callTool('crash', { stderr: 'out of luck\n' }))).toMatchObject({
    code: 'unavailable',
    error: expect.stringContaining('The call may have had effects'),
    details: { output: 'out of luck' },
  });
  expect(outputOf(await server.answerTo('pending'))).toMatchObject({ code: 'unavailable' });
  expect(textOf(await server.callTool('count'))).toBe('1');
  expect(await fixtureServerPid(server)).not.toBe(firstPid);
  expect(textOf(await server.callTool('log-level'))).toBe('error');
  expect(outputOf(await server.callTool('subscriptions'))).toEqual(['fixture://one']);
  await expectCleanEnd(server, world);
  expect(server.stderr).toContain('"hint":"what the server kept in memory is lost"');
  const ids = server.messages.flatMap((message) => ('method' in message ? [] : [message.id]));
  expect(new Set(ids).size).toBe(ids.length);
});

it('Calls are answered exactly once when the server is killed under load', async () => {
  const world = aMarkedWorld();
  const server = spawnWrapped({ world, command: fixtureServer() });
  await server.initialize();
  const pid = await fixtureServerPid(server);
  const calls = Array.from({ length: 60 }, (_, n) => aToolCall(n, 'slow', { ms: n }));
  server.send(...calls.slice(0, 40));
  await server.answerTo(5);
  kill(pid);
  server.send(...calls.slice(40));
  for (const { id } of calls) await server.answerTo(Number(id));
  await server.callTool('echo');
  const ids = server.messages.flatMap((message) => ('method' in message ? [] : [message.id]));
  expect(ids.length).toBe(new Set(ids).size);
  await expectCleanEnd(server, world);
});

/** A front whose tools crash once: in the first call after `reset`. */
async function aFrontThatRetries(counterOf: (homeDir: string) => string, ...options: readonly string[]) {
  const world = aMarkedWorld();
  const counter = counterOf(world.homeDir);
  const command = fixtureServer('--counter', counter);
  const server = spawnWrapped({ world, options: ['--retry-idempotent', ...options], command });
  await server.initialize();
  return { world, server, reset: () => writeFileSync(counter, '0') };
}

it('With --retry-idempotent a call runs once more, and no more, if its tool says that this is safe', async () => {
  const retryOnce = async () => {
    const { world, server, reset } = await aFrontThatRetries((homeDir) => join(homeDir, 'counter'));
    expect(textOf(await server.callTool('crash-once-idempotent'))).toBe('call 2');
    reset();
    expect(outputOf(await server.callTool('crash-once'))).toMatchObject({ code: 'unavailable' });
    await expectCleanEnd(server, world);
  };
  const retryUnderShortName = async () => {
    const { world, server } = await aFrontThatRetries((homeDir) => join(homeDir, 'counter'), '--max-name', '16');
    const tools = (await server.ask('tools/list')).result?.tools as readonly {
      readonly name: string;
    }[];
    const { name = '' } = tools.find((tool) => tool.name.startsWith('crash-') && tool.name.length === 16) ?? {};
    expect(textOf(await server.callTool(name))).toBe('call 2');
    await expectCleanEnd(server, world);
  };
  const retryInVain = async () => {
    // Nothing can be counted: it crashes in each call.
    const { world, server } = await aFrontThatRetries(() => '/dev/null');
    expect(outputOf(await server.callTool('crash-once-read-only'))).toMatchObject({ code: 'unavailable' });
    expect(textOf(await server.callTool('echo', { text: 'again' }))).toBe('again');
    await expectCleanEnd(server, world);
    expect(server.stderr.split('"upstream_restarted"')).toHaveLength(3);
  };
  await Promise.all([retryOnce(), retryUnderShortName(), retryInVain()]);
});
