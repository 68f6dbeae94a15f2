import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { anEscapingCommand } from '../support/escaping-command.ts';
import { guardiansStartedBy, kill, type MarkedWorld, markedProcesses } from '../support/marked-world.ts';
import type { CrashTraces } from '../support/planted-crash-traces.ts';
import { untilReady } from '../support/server-status.ts';
import { aToolCall, type Exit, type SpawnedServer, spawnServer } from '../support/spawned-server.ts';
import type { KillPlan } from './kill-plan.ts';

const patience = { timeout: 15_000 };
const preload = resolve('tests/fixtures/kill-at-rename.cjs');
let commands = 0;

/** Runs a server as planned. @returns how it ended; the plan may be too late to kill it */
export async function liveAndDie(world: MarkedWorld, traces: CrashTraces, plan: KillPlan): Promise<Exit> {
  traces.plant(plan);
  if (plan.by === 'time') {
    const server = spawnServer({ world });
    // The server may be killed before it is ready.
    const work = serve(server, plan.isDeaf).catch(() => undefined);
    const leaving = setTimeout(() => server.endInput(), plan.leavesAfterMs);
    await wait(plan.afterMs);
    clearTimeout(leaving);
    if (plan.withGuardian) for (const { pid } of guardiansStartedBy(server.pid)) kill(pid);
    server.kill('SIGKILL');
    await work;
    return server.exited();
  }
  const env = { NODE_OPTIONS: `--require ${preload}`, KILL_AT: plan.killAt };
  const server = spawnServer({ world, env, args: ['--set', 'shutdown.drain_ms=0'] });
  await serve(server, plan.isDeaf).catch((problem) => {
    if (server.isAlive) throw problem;
  });
  if (plan.leavesBy === 'eof') server.endInput();
  else server.kill(plan.leavesBy);
  return server.exited();
}

/** Acts as a client: initializes, waits until all is ready, and runs a command. */
async function serve(server: SpawnedServer, isDeaf: boolean): Promise<void> {
  const { world } = server;
  await server.initialize();
  await server.callTool('open_kitchen');
  commands += 1;
  const mark = `${commands}${world.env.TEST_WORLD}`;
  const { cmd, isComplete } = anEscapingCommand({ mark }, isDeaf);
  server.send(aToolCall('running', 'run_cmd', { cmd, cwd: world.projectDir }));
  await expect.poll(() => !server.isAlive || isComplete(markedProcesses({ mark })), patience).toBe(true);
  await untilReady(server);
}
