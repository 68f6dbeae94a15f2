import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ServerRecord } from '../../src/domain/server-record.ts';
import {
  aMark,
  aMarkedWorld,
  bearersOf,
  commandsOf,
  guardiansStartedBy,
  kill,
  type Mark,
} from '../support/marked-world.ts';
import { crashTracesIn } from '../support/planted-crash-traces.ts';
import { aRestlessCommand } from '../support/restless-command.ts';
import { untilReady } from '../support/server-status.ts';
import { expectSettledOnce } from '../support/several-recoveries.ts';
import { aToolCall, outputOf, type SpawnedServer, spawnServer, type World } from '../support/spawned-server.ts';

const patience = { timeout: 15_000 };

/** A server with a command in flight whose processes get away from it. */
async function aRestlessServer(world: World): Promise<{ server: SpawnedServer; mark: Mark; isWhole(): boolean }> {
  const mark = aMark();
  const server = spawnServer({ world, env: mark.env });
  await server.greet();
  await server.callTool('open_kitchen');
  const { cmd, isComplete } = aRestlessCommand(mark);
  server.send(aToolCall('running', 'run_cmd', { cmd, cwd: world.projectDir }));
  const isWhole = () => isComplete(bearersOf(mark));
  await expect.poll(isWhole, patience).toBe(true);
  return { server, mark, isWhole };
}

function serverIdOf({ pid, world: { stateFolder } }: SpawnedServer): string {
  const files = readdirSync(stateFolder.serversDir).filter((name) => name.endsWith('.json'));
  const records = files.map((name) => JSON.parse(readFileSync(`${stateFolder.serversDir}/${name}`, 'utf8')));
  return (records as ServerRecord[]).find(({ process }) => process.pid === pid)?.serverId ?? '';
}

// The look is one at /proc.
describe.skipIf(process.platform !== 'linux')('a server that starts after a crash', () => {
  test('has ended what a dead server left running, and nobody else, when it says that it is ready', async () => {
    const world = aMarkedWorld();
    const [dead, live] = await Promise.all([aRestlessServer(world), aRestlessServer(world)]);
    const deadId = serverIdOf(dead.server);
    const guardians = guardiansStartedBy(dead.server.pid);
    expect(guardians).toHaveLength(1);
    for (const { pid } of guardians) kill(pid);
    dead.server.kill('SIGKILL');
    await dead.server.exited();
    expect(dead.isWhole()).toBe(true);

    const next = spawnServer({ world });
    await next.greet();
    const { tasks } = await untilReady(next);
    expect(commandsOf(bearersOf(dead.mark))).toEqual([]);
    expect(live.isWhole()).toBe(true);
    expect(tasks.recovery).toMatchObject({ status: 'done', cause: null });
    const logged = expect.stringMatching(
      new RegExp(`"dead_server_recovered".*"dead_server_id":"${deadId}".*"processes_ended":5,"survivors":0`),
    );
    expect(next.stderr.split('\n')).toContainEqual(logged);
    for (const server of [live.server, next]) expect(await server.leave()).toEqual({ code: 0, signal: null });
    expect(commandsOf(bearersOf(live.mark))).toEqual([]);
  });

  test('reports the sessions that have crashed', async () => {
    const world = aMarkedWorld();
    const traces = crashTracesIn(world);
    traces.plant({ servers: 1, sessions: 2 });
    const server = spawnServer({ world });
    await server.greet();
    await server.callTool('open_kitchen');
    const report = outputOf(await server.callTool('get_pipeline_report'));
    expect(report).toMatchObject({ total_failures: 2, skipped: { lines: 0, records: 0, files: 0 } });
    const crashed = { subtype: 'crashed', exit_code: -1, needs_retry: true, retry_reason: 'resume' };
    expect(report.failures).toEqual([expect.objectContaining(crashed), expect.objectContaining(crashed)]);
    const { tasks } = await untilReady(server);
    expect(tasks.recovery).toMatchObject({ status: 'done', cause: null });
  });
});

test('three servers that start at once settle each dead server and record each crashed session once', () =>
  expectSettledOnce({ servers: 5, sessions: 12 }));
