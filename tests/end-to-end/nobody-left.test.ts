import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, inject, test } from 'vitest';
import { aMarkedWorld, bearersOf, commandsOf, guardiansOf, type MarkedWorld } from '../support/marked-world.ts';
import { aRestlessCommand } from '../support/restless-command.ts';
import { untilStatus } from '../support/server-status.ts';
import type { Exit, SpawnedServer } from '../support/spawned-server.ts';
import { aRequest, aToolCall, isAnswerTo, outputOf, spawnServer } from '../support/spawned-server.ts';

type State = 'deferredInit' | 'ready';

/** What a server has to do when it ends. `restless`: a command with processes that get away from it; `deaf`: and all ignore SIGTERM. */
type Situation = 'idle' | 'waiting' | 'restless' | 'deaf';

const situations: Readonly<Record<State, readonly Situation[]>> = {
  deferredInit: ['idle', 'waiting', 'restless', 'deaf'],
  ready: ['idle', 'restless', 'deaf'],
};

/** How it may go: what is seen to exit, and what the calls in flight are told, where somebody reads and the end leaves time. */
const ways = {
  left: { exit: { code: 0, signal: null }, answer: 'unavailable' },
  unheard: { exit: { code: 0, signal: null }, answer: null },
  /** The exit is that of its parent. */
  orphaned: { exit: { code: null, signal: 'SIGKILL' }, answer: 'unavailable' },
  crashed: { exit: { code: 70, signal: null }, answer: 'internal' },
  killed: { exit: { code: null, signal: 'SIGKILL' }, answer: null },
} as const satisfies Readonly<Record<string, { exit: Exit; answer: string | null }>>;

type Way = keyof typeof ways;

interface End {
  readonly end: string;
  readonly args?: readonly string[];
  /** Whether a process between has started the server; it is what the test then sees exit. */
  readonly hasParent?: boolean;
  /** Whether it leaves so little time that a busy machine may take all of it. */
  readonly isHasty?: boolean;
  bring(server: SpawnedServer): Promise<Way> | Way;
}

const patience = { timeout: 15_000 };

const bySignal = (signal: NodeJS.Signals): End => ({
  end: signal,
  args: ['--set', 'shutdown.drain_ms=100'],
  bring(server) {
    server.kill(signal);
    return 'left';
  },
});

const ends: readonly End[] = [
  {
    end: 'the end of its input',
    bring(server) {
      server.endInput();
      return 'left';
    },
  },
  bySignal('SIGTERM'),
  bySignal('SIGINT'),
  bySignal('SIGHUP'),
  {
    end: 'the end of those who read its output',
    bring(server) {
      server.closeOutput();
      server.send(aRequest('unheard', 'ping'));
      return 'unheard';
    },
  },
  {
    end: 'the death of its parent, with its input held open',
    hasParent: true,
    bring(server) {
      server.kill('SIGKILL');
      return 'orphaned';
    },
  },
  {
    end: 'a second signal',
    isHasty: true,
    args: ['--set', 'shutdown.drain_ms=60000'],
    async bring(server): Promise<Way> {
      server.kill('SIGINT');
      // One that has nothing to finish is gone before.
      const isReceived = () => !server.isAlive || server.stderr.includes('"state":"draining"');
      await expect.poll(isReceived, patience).toBe(true);
      server.kill('SIGTERM');
      return 'left';
    },
  },
  {
    end: 'a crash',
    bring(server) {
      server.send(aToolCall('breaking', 'break_later'));
      return 'crashed';
    },
  },
  {
    end: 'SIGKILL',
    bring(server) {
      server.kill('SIGKILL');
      return 'killed';
    },
  },
  {
    end: 'what the client of the SDK does: the end of its input, SIGTERM, SIGKILL',
    async bring(server): Promise<Way> {
      server.endInput();
      if (await isGoneWithin(2_000, server)) return 'left';
      server.kill('SIGTERM');
      if (!(await isGoneWithin(2_000, server))) server.kill('SIGKILL');
      return leftUnlessKilled(server);
    },
  },
  {
    end: 'what Claude Code does: SIGINT, SIGTERM, SIGKILL, with its input open',
    isHasty: true,
    async bring(server): Promise<Way> {
      server.kill('SIGINT');
      if (await isGoneWithin(100, server)) return 'left';
      server.kill('SIGTERM');
      if (!(await isGoneWithin(400, server))) server.kill('SIGKILL');
      return leftUnlessKilled(server);
    },
  },
];

const isGoneWithin = (ms: number, server: SpawnedServer) =>
  Promise.race([server.exited().then(() => true), wait(ms, false, { ref: false })]);

const leftUnlessKilled = async (server: SpawnedServer): Promise<Way> =>
  (await server.exited()).signal === 'SIGKILL' ? 'killed' : 'left';

/** A Node process that starts the server with its own pipes, whose other ends the test holds. */
const parentOf = (args: readonly string[]) => [
  '-e',
  `require('node:child_process').spawn(process.execPath, ${JSON.stringify(args)}, { stdio: 'inherit' })`,
];

async function startIn(state: State, world: MarkedWorld, { args = [], hasParent = false }: End) {
  const serve = [inject('testProgram'), 'serve', ...args];
  const [script = '', ...rest] = hasParent ? parentOf(serve) : serve;
  const env = { SCRIPTED_AUDIT: state === 'deferredInit' ? 'hangs' : 'done' };
  const server = spawnServer({ world, script, args: rest, env });
  await server.greet();
  await untilStatus(server, (status) => status.state === state);
  return server;
}

/** Brings a server into a situation. @returns the ids of its calls */
async function occupy(server: SpawnedServer, situation: Situation, world: MarkedWorld): Promise<readonly string[]> {
  switch (situation) {
    case 'idle':
      return [];
    case 'waiting':
      server.send(aToolCall('waiting', 'need_audit'));
      await untilStatus(server, ({ calls }) => calls.waiting.length === 1);
      return ['waiting'];
    default: {
      const { cmd, isComplete } = aRestlessCommand(world, situation === 'deaf');
      await server.callTool('open_kitchen');
      server.send(aToolCall('running', 'run_cmd', { cmd, cwd: world.projectDir }));
      await expect.poll(() => isComplete(bearersOf(world)), patience).toBe(true);
      return ['running'];
    }
  }
}

/** What there is to see of an end; a set of them shows in one failure all that is wrong. */
async function bringAbout(end: End, state: State, situation: Situation) {
  const world = aMarkedWorld();
  const server = await startIn(state, world, end);
  const calls = await occupy(server, situation, world);
  const serverIds = recordedServers(world);
  const way = await end.bring(server);
  const exit = await server.exited();
  const here = () => commandsOf(bearersOf(world));
  const stayed = here();
  if (way === 'killed') await expect.poll(here, patience).toEqual([]);
  await expect.poll(() => commandsOf(serverIds.flatMap(guardiansOf)), patience).toEqual([]);
  const wanted = ways[way];
  const hadTime = !(end.isHasty === true || situation === 'deaf') || hasRetired(world);
  const answered = wanted.answer !== null && hadTime ? calls : [];
  return {
    seen: {
      situation,
      exit,
      stayed: way === 'killed' ? [] : stayed,
      answers: answered.map((id) => answerTo(id, server)),
    },
    wanted: { situation, exit: wanted.exit, stayed: [], answers: answered.map(() => wanted.answer) },
  };
}

/** Whether a server has done all that it does when it leaves; else it was the deadline that ended it. */
const hasRetired = ({ stateFolder }: MarkedWorld) => existsSync(stateFolder.lastServerFile);

/** Without a child of its own, a server may leave before it has recorded itself. */
function recordedServers({ stateFolder }: MarkedWorld): string[] {
  try {
    return readdirSync(stateFolder.serversDir).flatMap((name) => /^([^.].*)\.json$/.exec(name)?.slice(1) ?? []);
  } catch {
    return [];
  }
}

function answerTo(id: string, server: SpawnedServer): unknown {
  const answer = server.messages.find((message) => isAnswerTo(message, id));
  return answer?.result?.isError === true ? outputOf(answer).code : answer;
}

// The look is one at /proc.
describe.skipIf(process.platform !== 'linux').each(['deferredInit', 'ready'] as const)(
  'nobody outlives a server in %s',
  (state) => {
    test.each(ends.map((end) => [end.end, end] as const))('after %s', async (_, end) => {
      const outcomes = await Promise.all(situations[state].map((situation) => bringAbout(end, state, situation)));
      expect(outcomes.map(({ seen }) => seen)).toEqual(outcomes.map(({ wanted }) => wanted));
    });
  },
);
