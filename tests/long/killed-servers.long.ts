import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { aMarkedWorld, commandsOf, guardiansOf, type MarkedWorld, markedProcesses } from '../support/marked-world.ts';
import { type CrashTraces, crashTracesIn, settledIn } from '../support/planted-crash-traces.ts';
import { type Random, seededRandom } from '../support/seeded-random.ts';
import { untilReady } from '../support/server-status.ts';
import { outputOf, spawnServer } from '../support/spawned-server.ts';
import { brokenJsonIn } from '../support/whole-files.ts';
import { planKill } from './kill-plan.ts';
import { liveAndDie } from './killed-life.ts';

const seed = Number(process.env.MAITRED_SEED ?? randomInt(2 ** 31));
const kills = Number(process.env.MAITRED_KILLS ?? 200);
const killsInARow = 10;
const worldsAtOnce = 4;

const patience = { timeout: 15_000 };

test('whenever servers are killed, the next one that runs undisturbed recovers everything', async () => {
  process.stdout.write(`killed servers: MAITRED_SEED=${seed} MAITRED_KILLS=${kills}\n`);
  const counts = { time: 0, call: 0, late: 0, undisturbed: 0 };
  const startedAtMs = performance.now();

  const killRow = async (world: MarkedWorld, traces: CrashTraces, random: Random, many: number) => {
    for (let killed = 0; killed < many; ) {
      const plan = planKill(random);
      const { code, signal } = await liveAndDie(world, traces, plan);
      if (signal === 'SIGKILL') {
        killed += 1;
        counts[plan.by] += 1;
      } else {
        counts.late += 1;
        expect({ code, signal }, `${seed}: ${JSON.stringify(plan)}`).toEqual({ code: 0, signal: null });
      }
    }
  };

  const walk = async (number: number) => {
    const world = aMarkedWorld();
    const traces = crashTracesIn(world);
    for (let from = number * killsInARow; from < kills; from += worldsAtOnce * killsInARow) {
      await killRow(world, traces, seededRandom(seed + from), Math.min(killsInARow, kills - from));
      const { sessionDirs } = traces;
      expect(await runUndisturbed(world), `MAITRED_SEED=${seed}, row from ${from}`).toEqual({
        exit: { code: 0, signal: null },
        tasks: expect.objectContaining({ backend: 'done', recovery: 'done', audit: 'done' }),
        degraded: [],
        failures: sessionDirs.length,
        leftAlone: [],
        stayed: [],
        broken: [],
        settledTwice: [],
        sessionDirs: [...sessionDirs].sort(),
        sessionLines: [...sessionDirs].sort(),
        unsettled: [],
      });
      counts.undisturbed += 1;
    }
  };
  await Promise.all(Array.from({ length: worldsAtOnce }, (_, number) => walk(number)));

  const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(0);
  const { time, call, late, undisturbed } = counts;
  process.stdout.write(
    `killed servers: ${time} by time, ${call} at a call of the disk, ${late} that had shut down before; ${undisturbed} undisturbed; ${seconds} s\n`,
  );
  expect(time + call).toBe(kills);
});

/** Runs a server from start to shutdown; then collects what it recovered and what is left. */
async function runUndisturbed(world: MarkedWorld) {
  const server = spawnServer({ world });
  await server.initialize();
  const { tasks, degraded } = await untilReady(server);
  await server.callTool('open_kitchen');
  const report = outputOf(await server.callTool('get_pipeline_report'));
  const exit = await server.leave();
  const stayed = commandsOf(markedProcesses(world));
  await expect.poll(() => commandsOf(serversIn(world).flatMap(guardiansOf)), patience).toEqual([]);
  const { serverIds, sessionDirs, sessionLines, unsettled } = settledIn(world);
  return {
    exit,
    tasks: Object.fromEntries(Object.entries(tasks).map(([name, { status }]) => [name, status])),
    degraded,
    failures: report.total_failures,
    leftAlone: server.stderr.split('\n').filter((line) => line.includes('"agent_session_left_out"')),
    stayed,
    broken: brokenJsonIn(world.stateFolder.dir),
    settledTwice: serverIds.filter((id, at) => serverIds.indexOf(id) !== at),
    sessionDirs,
    sessionLines,
    unsettled,
  };
}

/** Every server that wrote a line of the log. */
function serversIn({ stateFolder }: MarkedWorld): string[] {
  const lines = readFileSync(stateFolder.serverLogFile, 'utf8').split('\n');
  return [...new Set(lines.flatMap((line) => /"server_id":"([^"]+)"/.exec(line)?.slice(1) ?? []))];
}
