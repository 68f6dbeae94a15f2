import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFailed, test } from 'vitest';
import {
  aMarkedWorld,
  commandsOf,
  guardiansOf,
  kill,
  type MarkedWorld,
  markedProcesses,
} from '../support/marked-world.ts';
import { below, type Random, seededRandom } from '../support/seeded-random.ts';
import { aNotification, anInitialize } from '../support/spawned-server.ts';
import { brokenJsonIn } from '../support/whole-files.ts';
import { callsRunTooOften, createLoad, isResult, readOnlyTool } from '../support/wrapped-load.ts';
import { fixtureServer, fixtureServerFile, spawnWrapped } from '../support/wrapped-server.ts';

/** Of each: servers behind a front, and fronts. */
const isLongRun = process.env.MAITRED_EVERY_STEP === '1';
const kills = Number(process.env.MAITRED_KILLS ?? (isLongRun ? 100 : 10));
const killsInARow = isLongRun ? 5 : 2;
const rowsAtOnce = isLongRun ? 4 : 5;
const seed = Number(process.env.MAITRED_SEED ?? randomInt(2 ** 31));

/** When something is killed. */
interface Moment {
  /** After so many messages of the front, or all. With 0 it may still start. */
  readonly messages: number;
  /** After further calls. */
  readonly afterMs: number;
}

const planMoment = (random: Random): Moment =>
  random() < 0.3
    ? { messages: 0, afterMs: below(random, 400) }
    : { messages: 1 + below(random, 30), afterMs: below(random, 100) };

/** After so many failures a server is given up. */
const mostFailures = 5;
const preload = resolve('tests/fixtures/kill-at-rename.cjs');

/** The life of a front. */
interface LifePlan {
  readonly options: readonly string[];
  readonly serverKills: readonly Moment[];
  /** Whether its server has children that ignore SIGTERM. */
  readonly isDeaf: boolean;
  /** null: it is not killed. */
  readonly frontKill: Moment | null;
  /** It is killed earlier, at a call of the disk. */
  readonly killAtCall: string | null;
}

/** Fronts one after the other with one state folder; all but the last are killed. */
function planRow(random: Random, killsOfEach: number): readonly LifePlan[] {
  const lives = killsOfEach + 1;
  const serverKills = Array.from({ length: lives }, (): Moment[] => []);
  let life = below(random, lives);
  for (let killed = 0; killed < killsOfEach; killed += 1) {
    // Often the same one as before: a server that is killed again and again is given up.
    if (random() < 0.5) life = below(random, lives);
    serverKills[life]?.push(planMoment(random));
  }
  return serverKills.map((moments, at) => {
    const isFrontKilled = at < killsOfEach;
    return {
      options: [...(random() < 0.3 ? ['--retry-idempotent'] : []), ...(random() < 0.3 ? ['--lazy'] : [])],
      // They cost the grace time of SIGTERM where the front ends them.
      isDeaf: random() < 0.5 && (isLongRun || (isFrontKilled && moments.length === 0)),
      serverKills: moments,
      frontKill: isFrontKilled ? planMoment(random) : null,
      killAtCall: isFrontKilled && moments.length === 0 ? planCall(random) : null,
    };
  });
}

/** The handshake is saved with one of these. The fixture server makes none of them. */
function planCall(random: Random): string | null {
  if (random() < 0.4) return null;
  const kind = random() < 0.7 ? 'rename' : 'fsync';
  return `${kind}:${1 + below(random, 5)}:${random() < 0.5 ? 'before' : 'after'}`;
}

/** Runs a front as planned, under load. @returns how it ended, and what is wrong then */
async function live(world: MarkedWorld, plan: LifePlan, command: readonly string[], name: string, random: Random) {
  const { options, serverKills, isDeaf, frontKill, killAtCall } = plan;
  const front = spawnWrapped({
    world,
    options,
    command,
    env: killAtCall === null ? {} : { NODE_OPTIONS: `--require ${preload}`, KILL_AT: killAtCall },
    onRequest: () => ({ result: { roots: [] } }),
  });
  const load = createLoad(front, random, { name, isDeaf });
  const loads = new Set<Promise<unknown>>();
  const send = () => {
    const sent = load.send();
    loads.add(sent);
    // A front may be killed while nothing waits for its answers.
    void sent.then(() => loads.delete(sent)).catch(() => undefined);
  };
  let mostServers = 0;
  const killServer = () => {
    const servers = markedProcesses(world).filter(({ args }) => args[1] === fixtureServerFile);
    // A child of a server looks like it until it runs a program of its own.
    if (!isDeaf) mostServers = Math.max(mostServers, servers.length);
    for (const { pid } of servers) kill(pid);
    // With --lazy only a call starts it again.
    if (servers.length === 0 && loads.size === 0) send();
    return servers.length > 0 || !front.isAlive;
  };

  const until = async ({ messages, afterMs }: Moment) => {
    const most = front.messages.length + messages;
    const hasCome = () => front.messages.length >= most || loads.size === 0 || !front.isAlive;
    await expect.poll(hasCome, { interval: 5 }).toBe(true);
    send();
    await wait(afterMs);
  };

  front.send(anInitialize('initialize'), aNotification('notifications/initialized'));
  send();
  for (const moment of serverKills) {
    await until(moment);
    await expect.poll(killServer, { interval: 10 }).toBe(true);
    // Some of these calls come before the front knows.
    send();
  }
  const isGivenUp = serverKills.length >= mostFailures;
  let isServing = true;
  if (frontKill === null) {
    await Promise.all(loads);
    isServing = (await load.send()).every(isResult);
    front.endInput();
  } else {
    await until(frontKill);
    front.kill('SIGKILL');
  }
  const exit = await front.exited();
  await Promise.allSettled(loads);
  const [, serverId = 'none'] = /"server_id":"([^"]+)"/.exec(front.stderr) ?? [];
  const runningNow = () => commandsOf([...markedProcesses(world), ...guardiansOf(serverId)]);
  const stayed = frontKill === null ? commandsOf(markedProcesses(world)) : [];
  await expect.poll(runningNow).toEqual([]);
  const isRepeated = (tool: string) => tool === readOnlyTool && options.includes('--retry-idempotent');
  const faults = load.faults({
    isFrontKilled: frontKill !== null,
    mayFail: (tool) => isGivenUp || serverKills.length > (isRepeated(tool) ? 1 : 0),
  });
  if (mostServers > 1) faults.push(`${mostServers} servers ran at once`);
  if (!isServing && !isGivenUp) faults.push('calls after the last kill failed');
  return { exit, stayed, broken: brokenJsonIn(world.stateFolder.dir), faults };
}

// The test reads /proc.
test.skipIf(process.platform !== 'linux')(
  'whenever a wrapped server or its front is killed, each call has one answer or its client is gone, and no process stays',
  async () => {
    onTestFailed(() => void process.stdout.write(`killed fronts: MAITRED_SEED=${seed} MAITRED_KILLS=${kills}\n`));
    const runRow = async (from: number) => {
      const world = aMarkedWorld();
      const random = seededRandom(seed + from);
      const recordFile = `${world.homeDir}/received`;
      const delays = ['--start-delay', String(below(random, 60)), '--init-delay', String(below(random, 60))];
      const command = fixtureServer('--record', recordFile, ...delays);
      const lives = planRow(random, Math.min(killsInARow, kills - from));
      for (const [at, plan] of lives.entries()) {
        const context = `row from ${from}, front ${at}: ${JSON.stringify(plan)}`;
        expect(await live(world, plan, command, `${at}`, random), context).toEqual({
          exit: plan.frontKill === null ? { code: 0, signal: null } : { code: null, signal: 'SIGKILL' },
          stayed: [],
          broken: [],
          faults: [],
        });
      }
      const mayRunTwice = (life: string) => lives[Number(life)]?.options.includes('--retry-idempotent');
      const mostRuns = (tool: string, life: string) => (tool === readOnlyTool && mayRunTwice(life) ? 2 : 1);
      expect(callsRunTooOften(recordFile, mostRuns)).toEqual([]);
    };
    const open = Array.from({ length: Math.ceil(kills / killsInARow) }, (_, row) => row * killsInARow);
    const work = async () => {
      for (let from = open.shift(); from !== undefined; from = open.shift()) await runRow(from);
    };
    await Promise.all(Array.from({ length: rowsAtOnce }, work));
  },
);
