import { describe, expect, test } from 'vitest';
import { anEscapingCommand } from '../support/escaping-command.ts';
import {
  aMark,
  aMarkedWorld,
  commandsOf,
  guardiansStartedBy,
  kill,
  type Mark,
  markedProcesses,
} from '../support/marked-world.ts';
import { canRunInOwnPids, inOwnPids } from '../support/own-pids.ts';
import { crashTracesIn } from '../support/planted-crash-traces.ts';
import { recordedServerIds, recordedServers } from '../support/recorded-servers.ts';
import { runMaitred } from '../support/run-maitred.ts';
import { untilReady } from '../support/server-status.ts';
import { expectSettledOnce } from '../support/several-recoveries.ts';
import { aToolCall, outputOf, type SpawnedServer, spawnServer, type World } from '../support/spawned-server.ts';

/** A server that runs a command whose processes leave its session and its parents. */
async function aServerWithEscapedProcesses(
  world: World,
  launcher: readonly string[] = [],
): Promise<{ server: SpawnedServer; mark: Mark; areAllRunning(): boolean }> {
  const mark = aMark();
  const server = spawnServer({ world, env: mark.env, launcher });
  await server.initialize();
  await server.callTool('open_kitchen');
  // Its own recovery is over: it recovers no server that dies later.
  await untilReady(server);
  const { cmd, isComplete } = anEscapingCommand(mark);
  server.send(aToolCall('running', 'run_cmd', { cmd, cwd: world.projectDir }));
  const areAllRunning = () => isComplete(markedProcesses(mark));
  await expect.poll(areAllRunning).toBe(true);
  return { server, mark, areAllRunning };
}

const serverIdOf = ({ pid, world }: SpawnedServer): string =>
  recordedServers(world).find(({ process }) => process.pid === pid)?.serverId ?? '';

// Not where this user may not create namespaces.
const canHavePids = canRunInOwnPids();

// The test reads /proc.
describe.skipIf(process.platform !== 'linux')('a server that starts after a crash', () => {
  test('is ready once the processes that a dead server left have ended, and only those', async () => {
    const world = aMarkedWorld();
    const [dead, live] = await Promise.all([aServerWithEscapedProcesses(world), aServerWithEscapedProcesses(world)]);
    const deadId = serverIdOf(dead.server);
    const guardians = guardiansStartedBy(dead.server.pid);
    expect(guardians).toHaveLength(1);
    for (const { pid } of guardians) kill(pid);
    dead.server.kill('SIGKILL');
    await dead.server.exited();
    expect(dead.areAllRunning()).toBe(true);

    const next = spawnServer({ world });
    await next.initialize();
    const { tasks } = await untilReady(next);
    expect(commandsOf(markedProcesses(dead.mark))).toEqual([]);
    expect(live.areAllRunning()).toBe(true);
    expect(tasks.recovery).toMatchObject({ status: 'done', cause: null });
    const logged = expect.stringMatching(
      new RegExp(`"dead_server_recovered".*"dead_server_id":"${deadId}".*"processes_ended":5,"survivors":0`),
    );
    await expect.poll(() => next.stderr.split('\n')).toContainEqual(logged);
    for (const server of [live.server, next]) expect(await server.leave()).toEqual({ code: 0, signal: null });
    expect(commandsOf(markedProcesses(live.mark))).toEqual([]);
  });

  test.skipIf(!canHavePids)('leaves a server in a container, whose pids it cannot see, and its command', async () => {
    const world = aMarkedWorld();
    const contained = await aServerWithEscapedProcesses(world, inOwnPids);
    const [containedId] = recordedServerIds(world);
    const next = spawnServer({ world });
    await next.initialize();
    await untilReady(next);
    expect(contained.areAllRunning()).toBe(true);
    expect(recordedServerIds(world)).toContain(containedId);
    expect(contained.server.stderr).toMatch(/"init_missing".*docker run --init/);
    for (const server of [contained.server, next]) expect(await server.leave()).toEqual({ code: 0, signal: null });
  });

  test('reports the crashed sessions', async () => {
    const world = aMarkedWorld();
    const traces = crashTracesIn(world);
    traces.plant({ servers: 1, sessions: 2 });
    const server = spawnServer({ world });
    await server.initialize();
    await server.callTool('open_kitchen');
    const report = outputOf(await server.callTool('get_pipeline_report'));
    expect(report).toMatchObject({ total_failures: 3, skipped: { lines: 0, records: 0, files: 0 } });
    const crashed = { subtype: 'crashed', exit_code: -1, needs_retry: true, retry_reason: 'resume' };
    expect(report.failures).toEqual(Array(3).fill(expect.objectContaining(crashed)));
    expect((await runMaitred(world, 'sessions', 'list')).stdout).toContain(
      'agent-of-dead-0: to be tried again (crashed)',
    );
    const { tasks } = await untilReady(server);
    expect(tasks.recovery).toMatchObject({ status: 'done', cause: null });
  });
});

test('three servers that start at once settle each dead server and record each crashed session once', () =>
  expectSettledOnce({ servers: 5, sessions: 12 }));
