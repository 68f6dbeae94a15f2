import { randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFailed, test } from 'vitest';
import type { JsonObject } from '../../src/domain/json-object.ts';
import { aMarkedWorld, commandsOf, type MarkedWorld, markedProcesses } from '../support/marked-world.ts';
import { runMaitred } from '../support/run-maitred.ts';
import { below, type Random, seededRandom } from '../support/seeded-random.ts';
import { untilReady } from '../support/server-status.ts';
import { folderWithClaude, indexedSessions, unsettledSessions } from '../support/server-with-agent.ts';
import { aNotification, aToolCall, spawnServer } from '../support/spawned-server.ts';
import { brokenJsonIn } from '../support/whole-files.ts';

const isLongRun = process.env.MAITRED_EVERY_STEP === '1';
const kills = Number(process.env.MAITRED_KILLS ?? (isLongRun ? 50 : 10));
const rows = isLongRun ? 2 : 3;
const sessionsAtOnce = 4;
const seed = Number(process.env.MAITRED_SEED ?? randomInt(2 ** 31));

const records = resolve('tests/fixtures/claude-records.sh');
const preload = resolve('tests/fixtures/kill-at-rename.cjs');

/** What a session does, in bash, by the name that its skill gets. Each brings it into another state. */
const behaviours = {
  finish: 'init; say "I begin."; finish done',
  'finish slowly': 'init; for at in {1..6}; do say "$at"; sleep 0.1; done; finish done',
  'not exit': 'init; result "done\\\\n$marker"; exec sleep 1000',
  'work on': 'init; while :; do say "I work."; sleep 0.05; done',
  'ignore SIGTERM': `trap '' TERM; init; setsid sleep 1000 > /dev/null 2>&1 & while :; do sleep 1; done`,
  'hit a limit': 'init; limit 3600; exit 1',
  'begin late': 'sleep 0.3; init; say "I begin."; sleep 1000',
  'forget its output': 'init; write_file "$PWD/report.md" text; result "done\\\\n$marker"; exit 0',
} as const;
type Behaviour = keyof typeof behaviours;
const allBehaviours = Object.keys(behaviours) as Behaviour[];
/** Its skill promises an output, for which a nudge asks. */
const nudged: Behaviour = 'forget its output';
const commandOf = (name: Behaviour) => `/${name === nudged ? 'investigate' : 'smoke-task'} ${name}`;

const program = `. ${records}
case $prompt in
${allBehaviours.map((name) => `"${commandOf(name)}"$'\\n'*) ${behaviours[name]} ;;`).join('\n')}
esac
# Only a nudge does not name the skill.
init; sleep 1000`;

/** How a server is killed while it runs these sessions: some time after the first of them has begun, or by itself at one of its calls of the disk. */
type KillPlan = { readonly sessions: readonly Behaviour[] } & (
  | { readonly by: 'time'; readonly afterMs: number }
  | { readonly by: 'call'; readonly killAt: string }
);

/** How many calls a server has made before its first session, and when its sessions have settled. */
const callsOfALife = {
  rename: [4, 45],
  fsync: [4, 45],
  mkdir: [7, 60],
  write: [11, 85],
  unlink: [3, 30],
  any: [29, 260],
} as const;
const kinds = Object.keys(callsOfALife) as (keyof typeof callsOfALife)[];

/** Later, the sessions change no more. */
const latestMs = 800;

function planKill(random: Random): KillPlan {
  const pick = <Item>(items: readonly Item[]) => items[below(random, items.length)] as Item;
  const between = ([least, most]: readonly [number, number]) => least + 1 + below(random, most - least);
  const sessionsOf = (some: readonly Behaviour[]) => Array.from({ length: sessionsAtOnce }, () => pick(some));
  if (random() < 0.6) return { sessions: sessionsOf(allBehaviours), by: 'time', afterMs: below(random, latestMs) };
  const kind = pick(kinds);
  const killAt = `${kind}:${between(callsOfALife[kind])}:${pick(['before', 'after'])}`;
  return { sessions: sessionsOf(['finish', 'finish slowly', nudged]), by: 'call', killAt };
}

/** What must come of a session; null: it is not certain. */
type Expected = Pick<SessionFacts, 'success' | 'subtype'> | null;
interface SessionFacts {
  readonly success: boolean;
  readonly subtype: string | null;
}

test('whenever a server is killed, its sessions end with it, and the next one records each of them once', async () => {
  onTestFailed(() => void process.stderr.write(`killed sessions: MAITRED_SEED=${seed} MAITRED_KILLS=${kills}\n`));
  const killedIn = { time: 0, call: 0, late: 0 };
  const states = new Map<string, number>();
  const outcomes = new Map<string, number>();
  let slowestMs = 0;

  const killOne = async (world: MarkedWorld, plan: KillPlan, expected: Map<string, Expected>) => {
    const before = new Set(unsettledSessions(world));
    const preloaded = plan.by === 'call' ? { NODE_OPTIONS: `--require ${preload}`, KILL_AT: plan.killAt } : {};
    const server = spawnServer({
      world,
      env: { ...claudeIn(world), ...preloaded },
      args: ['--open-kitchen', '--set', 'shutdown.drain_ms=0'],
    });
    const begin = async () => {
      await server.initialize();
      const { projectDir: cwd } = world;
      plan.sessions.forEach((name, at) => {
        const order = `${server.pid}-${at}: ${name}`;
        server.send(aToolCall(order, 'run_skill', { skill_command: commandOf(name), cwd, order_id: order }));
      });
      await untilReady(server);
    };
    const begun = begin().catch(() => undefined);
    if (plan.by === 'time') {
      await expect
        .poll(() => unsettledSessions(world).some((dir) => !before.has(dir) && !isRecovered.test(dir)), {
          interval: 10,
        })
        .toBe(true);
      await wait(plan.afterMs);
    } else {
      await begun;
      await Promise.race([server.exited(), wait(latestMs)]);
    }
    server.kill('SIGKILL');
    const { signal } = await server.exited();
    const killedAtMs = performance.now();
    await begun;
    await expect.poll(() => commandsOf(markedProcesses(world)), { interval: 20 }).toEqual([]);
    slowestMs = Math.max(slowestMs, performance.now() - killedAtMs);
    killedIn[signal === 'SIGKILL' ? plan.by : 'late'] += 1;
    for (const { order_id } of indexedSessions(world))
      if (!expected.has(String(order_id))) expected.set(String(order_id), null);
    for (const dir of unsettledSessions(world)) {
      const { order, state, wanted } = readUnsettled(dir);
      if (expected.has(order)) continue;
      expected.set(order, wanted);
      states.set(state, (states.get(state) ?? 0) + 1);
    }
  };

  const runRow = async (row: number) => {
    const world = aMarkedWorld();
    folderWithClaude(world, program);
    const random = seededRandom(seed + row);
    const expected = new Map<string, Expected>();
    for (let killed = row; killed < kills; killed += rows) await killOne(world, planKill(random), expected);
    const next = spawnServer({ world });
    await next.initialize();
    await untilReady(next);
    const { stdout } = await runMaitred(world, 'sessions', 'list', '--json');
    const exit = await next.leave();
    const indexed = indexedSessions(world);
    for (const { subtype } of indexed) outcomes.set(String(subtype), (outcomes.get(String(subtype)) ?? 0) + 1);
    expect({
      exit,
      orders: indexed.map(({ order_id }) => order_id).sort(),
      wrong: indexed.filter((entry) => !isAsExpected(entry, expected.get(String(entry.order_id)) ?? null)),
      withoutFiles: indexed.filter(({ dir_name }) => !isWhole(join(world.stateFolder.sessionsDir, String(dir_name)))),
      running: (JSON.parse(stdout) as { readonly running: unknown }).running,
      unsettled: unsettledSessions(world),
      broken: brokenJsonIn(world.stateFolder.dir).filter((path) => !isUnfinished.test(path)),
      stayed: commandsOf(markedProcesses(world)),
    }).toEqual({
      exit: { code: 0, signal: null },
      orders: [...expected.keys()].sort(),
      wrong: [],
      withoutFiles: [],
      running: [],
      unsettled: [],
      broken: [],
      stayed: [],
    });
  };
  await Promise.all(Array.from({ length: rows }, (_, row) => runRow(row)));

  const counts = (map: ReadonlyMap<string, number>) => [...map].map(([name, count]) => `${count} ${name}`).join(', ');
  if (isLongRun || process.env.MAITRED_KILLS)
    process.stdout.write(
      `killed sessions: MAITRED_SEED=${seed}; servers killed ${JSON.stringify(killedIn)}; all processes gone after at most ${slowestMs.toFixed(0)} ms; ` +
        `found ${counts(states)}; recorded ${counts(outcomes)}\n`,
    );
});

test('whenever its call is cancelled, a session ends and is recorded once, or has not begun', async () => {
  onTestFailed(() => void process.stderr.write(`cancelled sessions: MAITRED_SEED=${seed}\n`));
  const random = seededRandom(seed);
  const world = aMarkedWorld();
  folderWithClaude(world, program);
  const server = spawnServer({ world, env: claudeIn(world), args: ['--open-kitchen'] });
  await server.initialize();
  await untilReady(server);
  const orders = Array.from({ length: 16 }, (_, at) => `${at}: ${allBehaviours[at % allBehaviours.length]}`);
  const cancel = async (order: string) => {
    await wait(below(random, latestMs));
    server.send(aNotification('notifications/cancelled', { requestId: order }));
  };
  for (const order of orders) {
    const name = order.slice(order.indexOf(' ') + 1) as Behaviour;
    const args = { skill_command: commandOf(name), cwd: world.projectDir, order_id: order };
    server.send(aToolCall(order, 'run_skill', args));
  }
  await Promise.all(orders.map(cancel));
  await expect.poll(() => unsettledSessions(world)).toEqual([]);
  const recorded = indexedSessions(world).map(({ order_id }) => String(order_id));
  expect(recorded).toEqual([...new Set(recorded)].filter((order) => orders.includes(order)));
  expect(await server.leave()).toEqual({ code: 0, signal: null });
  expect(commandsOf(markedProcesses(world))).toEqual([]);
});

const claudeIn = ({ homeDir, env }: MarkedWorld) => ({
  PATH: `${join(homeDir, 'bin')}:${env.PATH}`,
  MAITRED_RUN_SKILL__ENV: '["TEST_WORLD"]',
});

/** What a killed server has left of a session, and what must therefore come of it. */
function readUnsettled(dir: string): { readonly order: string; readonly state: string; readonly wanted: Expected } {
  const record = readJson(join(dir, 'record.json'));
  const decided = existsSync(join(dir, 'settled.json')) ? readJson(join(dir, 'settled.json')) : null;
  const facts = { order: String(record.order_id), state: String(record.state) };
  if (decided !== null)
    return { ...facts, wanted: { success: decided.success === true, subtype: String(decided.subtype) } };
  // A line that was being written is not one.
  const events = readFileSync(join(dir, 'events.jsonl'), { encoding: 'utf8', flag: 'a+' }).split('\n').slice(0, -1);
  const isComplete = events.some((line) => line.includes('"type":"result"') && line.includes(String(record.marker)));
  if (!isComplete || facts.order.endsWith(nudged)) return { ...facts, wanted: { success: false, subtype: 'crashed' } };
  return { ...facts, wanted: { success: true, subtype: 'recovered_from_crash' } };
}

const isAsExpected = ({ success, subtype }: JsonObject, wanted: Expected) =>
  wanted === null || (success === wanted.success && subtype === wanted.subtype);

const isWhole = (dir: string) =>
  readJson(join(dir, 'summary.json')).success !== undefined && existsSync(join(dir, 'events.jsonl'));

/** The folder of a session of an earlier server. */
const isRecovered = /\/[\w-]+\.[\w-]+\.\d+$/;

/** In a folder that no reader sees before it is complete; it is removed when it is an hour old. */
const isUnfinished = /\/\.[^/]+\.tmp-\w{6}\//;

const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as JsonObject;
