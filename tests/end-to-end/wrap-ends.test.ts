import { describe, expect, it } from 'vitest';
import { aMarkedWorld, commandsOf, type MarkedWorld, markedProcesses } from '../support/marked-world.ts';
import { anInitialize, aRequest, aToolCall, isAnswerTo, type SpawnedServer } from '../support/spawned-server.ts';
import { expectNoProcess, fixtureServer, spawnWrapped } from '../support/wrapped-server.ts';

const ends = {
  'its client ends the input': (server: SpawnedServer) => server.endInput(),
  SIGTERM: (server: SpawnedServer) => server.kill('SIGTERM'),
  'its client closes the output': (server: SpawnedServer) => {
    server.closeOutput();
    server.send(aRequest('unread', 'ping'));
  },
  SIGKILL: (server: SpawnedServer) => server.kill('SIGKILL'),
} as const;

const isFixture = ({ args }: { readonly args: readonly string[] }) => args[1]?.endsWith('server.cjs') === true;

/** Its server ignores every request to end, and so do a process that it has started and one that has left it. */
async function aServingFront(world: MarkedWorld): Promise<SpawnedServer> {
  const server = spawnWrapped({ world, command: fixtureServer('--stubborn') });
  await server.initialize();
  await server.callTool('spawn-child');
  await server.callTool('fork-daemon');
  server.send(aToolCall('pending', 'slow', { ms: 60_000 }));
  await server.callTool('echo');
  return server;
}

/** Its server does not answer initialize. */
async function aStartingFront(world: MarkedWorld): Promise<SpawnedServer> {
  const server = spawnWrapped({ world, command: fixtureServer('--stubborn', '--silent') });
  server.send(anInitialize('pending'));
  await expect.poll(() => markedProcesses(world).some(isFixture)).toBe(true);
  return server;
}

async function endFront(start: (world: MarkedWorld) => Promise<SpawnedServer>, name: keyof typeof ends): Promise<void> {
  const world = aMarkedWorld();
  const server = await start(world);
  ends[name](server);
  const exit = await server.exited();
  if (name === 'SIGKILL') {
    await expect.poll(() => commandsOf(markedProcesses(world))).toEqual([]);
    return;
  }
  expect(exit, name).toEqual({ code: 0, signal: null });
  expectNoProcess(world);
  if (name === 'its client closes the output') return;
  expect(
    server.messages.filter((message) => isAnswerTo(message, 'pending')),
    name,
  ).toHaveLength(1);
}

// The test reads /proc.
describe.skipIf(process.platform !== 'linux')('No process and no call without an answer is left by a front', () => {
  const names = Object.keys(ends) as (keyof typeof ends)[];

  it('that serves, or whose server starts, however it ends', () =>
    Promise.all(names.flatMap((name) => [endFront(aServingFront, name), endFront(aStartingFront, name)])));
});
