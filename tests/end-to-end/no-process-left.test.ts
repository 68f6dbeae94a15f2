import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, inject, test } from 'vitest';
import { anEscapingCommand } from '../support/escaping-command.ts';
import { aMarkedWorld, commandsOf, guardiansOf, type MarkedWorld, markedProcesses } from '../support/marked-world.ts';
import { recordedServerIds } from '../support/recorded-servers.ts';
import { untilStatus } from '../support/server-status.ts';
import type { Exit, SpawnedServer } from '../support/spawned-server.ts';
import { aRequest, aToolCall, isAnswerTo, outputOf, spawnServer } from '../support/spawned-server.ts';

type State = 'deferredInit' | 'ready';

/** What a server has to do when it ends. `escaping`: a command whose processes leave it; `ignoring`: and all ignore SIGTERM. */
type Situation = 'idle' | 'escaping' | 'ignoring';

/** Each situation at least once, and each state with processes; the walk of the chart leaves every state in every way. */
const servers: readonly (readonly [State, Situation])[] = [
  ['deferredInit', 'idle'],
  ['deferredInit', 'escaping'],
  ['ready', 'escaping'],
  ['ready', 'ignoring'],
];

/** What may happen: the exit that the test sees, and the error code that pending calls get if the client reads and there is time. */
const outcomes = {
  exited: { exit: { code: 0, signal: null }, answer: 'unavailable' },
  exitedUnread: { exit: { code: 0, signal: null }, answer: null },
  /** The exit is that of the parent. */
  orphaned: { exit: { code: null, signal: 'SIGKILL' }, answer: 'unavailable' },
  crashed: { exit: { code: 70, signal: null }, answer: 'internal' },
  killed: { exit: { code: null, signal: 'SIGKILL' }, answer: null },
} as const satisfies Readonly<Record<string, { exit: Exit; answer: string | null }>>;

type Outcome = keyof typeof outcomes;

interface End {
  readonly end: string;
  readonly args?: readonly string[];
  /** Whether another process starts the server; its exit is then the one that the test sees. */
  readonly hasParent?: boolean;
  /** Whether it leaves so little time that a busy machine may not answer in it. */
  readonly isShort?: boolean;
  apply(server: SpawnedServer): Promise<Outcome> | Outcome;
}

const ends: readonly End[] = [
  {
    end: 'its input ends, as by the SDK client',
    apply(server) {
      server.endInput();
      return 'exited';
    },
  },
  {
    end: 'SIGTERM',
    args: ['--set', 'shutdown.drain_ms=100'],
    apply(server) {
      server.kill('SIGTERM');
      return 'exited';
    },
  },
  {
    end: 'its client closes the output',
    apply(server) {
      server.closeOutput();
      server.send(aRequest('unread', 'ping'));
      return 'exitedUnread';
    },
  },
  {
    end: 'its parent dies, and its input stays open',
    hasParent: true,
    apply(server) {
      server.kill('SIGKILL');
      return 'orphaned';
    },
  },
  {
    end: 'a second signal',
    isShort: true,
    args: ['--set', 'shutdown.drain_ms=60000'],
    async apply(server): Promise<Outcome> {
      server.kill('SIGINT');
      // A server with nothing to finish exits before the second signal.
      const isReceived = () => !server.isAlive || server.stderr.includes('"state":"draining"');
      await expect.poll(isReceived).toBe(true);
      server.kill('SIGTERM');
      return 'exited';
    },
  },
  {
    end: 'a crash',
    apply(server) {
      server.send(aToolCall('breaking', 'break_later'));
      return 'crashed';
    },
  },
  {
    end: 'SIGKILL',
    apply(server) {
      server.kill('SIGKILL');
      return 'killed';
    },
  },
  {
    end: 'the shutdown of Claude Code: SIGINT, SIGTERM, SIGKILL, input open',
    isShort: true,
    async apply(server): Promise<Outcome> {
      server.kill('SIGINT');
      if (await exitsWithin(100, server)) return 'exited';
      server.kill('SIGTERM');
      if (!(await exitsWithin(400, server))) server.kill('SIGKILL');
      return exitedUnlessKilled(server);
    },
  },
];

const exitsWithin = (ms: number, server: SpawnedServer) =>
  Promise.race([server.exited().then(() => true), wait(ms, false, { ref: false })]);

const exitedUnlessKilled = async (server: SpawnedServer): Promise<Outcome> =>
  (await server.exited()).signal === 'SIGKILL' ? 'killed' : 'exited';

/** A Node process that starts the server, and gives it an input that stays open: the server itself can write to it. */
const parentOf = (args: readonly string[]) => [
  '-e',
  `const [fifo, ...args] = process.argv.slice(1);
  require('node:child_process').execFileSync('mkfifo', [fifo]);
  const fd = require('node:fs').openSync(fifo, 'r+');
  require('node:child_process').spawn(process.execPath, args, { stdio: [fd, 'inherit', 'inherit'] });
  process.stdin.pipe(require('node:fs').createWriteStream(fifo, { fd }));`,
  'input',
  ...args,
];

async function startIn(state: State, world: MarkedWorld, { args = [], hasParent = false }: End) {
  const serve = [inject('testProgram'), 'serve', ...args];
  const [script = '', ...rest] = hasParent ? parentOf(serve) : serve;
  const env = { SCRIPTED_AUDIT: state === 'deferredInit' ? 'hangs' : 'done' };
  const server = spawnServer({ world, script, args: rest, env });
  await server.initialize();
  await untilStatus(server, (status) => status.state === state);
  return server;
}

/** Brings a server into a situation. While its audit is read, a call waits for that too. @returns the ids of its calls */
async function occupy(
  server: SpawnedServer,
  state: State,
  situation: Situation,
  world: MarkedWorld,
): Promise<readonly string[]> {
  if (situation === 'idle') return [];
  const { cmd, isComplete } = anEscapingCommand(world, situation === 'ignoring');
  await server.callTool('open_kitchen');
  server.send(aToolCall('running', 'run_cmd', { cmd, cwd: world.projectDir }));
  await expect.poll(() => isComplete(markedProcesses(world))).toBe(true);
  if (state === 'ready') return ['running'];
  server.send(aToolCall('waiting', 'need_audit'));
  await untilStatus(server, ({ calls }) => calls.waiting.length === 1);
  return ['running', 'waiting'];
}

/** What the test sees of an end, beside what it expects: one comparison then shows all differences. */
async function endServer(end: End, state: State, situation: Situation) {
  const world = aMarkedWorld();
  const server = await startIn(state, world, end);
  const calls = await occupy(server, state, situation, world);
  // Empty if the server has started no process: it may exit before it writes its record.
  const serverIds = recordedServerIds(world);
  const guardiansNow = () => commandsOf(serverIds.flatMap(guardiansOf));
  const guardians = guardiansNow().length;
  const outcome = await end.apply(server);
  const exit = await server.exited();
  const runningNow = () => commandsOf(markedProcesses(world));
  const stayed = runningNow();
  if (outcome === 'killed') await expect.poll(runningNow).toEqual([]);
  await expect.poll(guardiansNow).toEqual([]);
  const wanted = outcomes[outcome];
  const hadTime = !(end.isShort === true || situation === 'ignoring') || hasRecordedItself(world);
  const answered = wanted.answer !== null && hadTime ? calls : [];
  return {
    seen: {
      state,
      situation,
      guardians,
      exit,
      stayed: outcome === 'killed' ? [] : stayed,
      answers: answered.map((id) => answerTo(id, server)),
    },
    wanted: {
      state,
      situation,
      guardians: situation === 'idle' ? 0 : 1,
      exit: wanted.exit,
      stayed: [],
      answers: answered.map(() => wanted.answer),
    },
  };
}

/** Whether a server has completed its shutdown; otherwise its deadline ended it. */
const hasRecordedItself = ({ stateFolder }: MarkedWorld) => existsSync(stateFolder.lastServerFile);

function answerTo(id: string, server: SpawnedServer): unknown {
  const answer = server.messages.find((message) => isAnswerTo(message, id));
  return answer?.result?.isError === true ? outputOf(answer).code : answer;
}

// The test reads /proc.
describe.skipIf(process.platform !== 'linux')('no process outlives a server', () => {
  test.each(ends.map((end) => [end.end, end] as const))('after: %s', async (_, end) => {
    const results = await Promise.all(servers.map(([state, situation]) => endServer(end, state, situation)));
    expect(results.map(({ seen }) => seen)).toEqual(results.map(({ wanted }) => wanted));
  });
});
