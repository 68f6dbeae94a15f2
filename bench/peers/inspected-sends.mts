import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assign, createActor, createMachine } from 'xstate';
import { listenForWatchers } from '../../src/services/inspection/listen-for-watchers.ts';
import { anInspectedServer } from '../../tests/fixtures/an-inspected-server.ts';

/** The cost of sending an event to a chart of two states, in four ways. Prints microseconds of processor time, one line of JSON per round. */
const sends = 20_000;
const rounds = Number(process.argv[2] ?? 5);

const machine = createMachine({
  id: 'toggle',
  initial: 'off',
  context: { count: 0, note: 'a short text' },
  states: {
    off: { on: { TOGGLE: { target: 'on', actions: assign({ count: ({ context }) => context.count + 1 }) } } },
    on: { on: { TOGGLE: 'off' } },
  },
});

const world = () => {
  const server = anInspectedServer();
  const actor = createActor(machine);
  server.show('bench', actor);
  actor.start();
  return { server, actor };
};

const plain = createActor(machine).start();
const off = world();
const recorded = world();
recorded.server.record('greeting');
const watched = world();
watched.server.record('greeting');
const dir = mkdtempSync(join(tmpdir(), 'maitred-bench-'));
const path = join(dir, 'watch.sock');
const close = listenForWatchers({
  path,
  platform: process.platform,
  onWatcher: (socket) => watched.server.inspection?.admit(socket),
  onProblem(problem) {
    throw problem;
  },
});
const watcher: ChildProcess = spawn(
  process.execPath,
  ['-e', 'require("node:net").connect(process.argv[1]).once("data", () => console.log("connected")).resume()', path],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
if (watcher.stdout !== null) await once(watcher.stdout, 'data');

/** Processor time, garbage collection included: other load on the machine changes it little. The event loop turns after every hundred events, as in a server. */
async function measure({ send }: { send(event: { type: 'TOGGLE' }): void }): Promise<number> {
  const before = process.cpuUsage();
  for (let sent = 0; sent < sends; sent += 1) {
    send({ type: 'TOGGLE' });
    if (sent % 100 === 99) await new Promise((resolve) => setImmediate(resolve));
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / sends;
}

const subjects = { plain, off: off.actor, recorded: recorded.actor, watched: watched.actor };
const names = Object.keys(subjects) as (keyof typeof subjects)[];
for (let round = -1; round < rounds; round += 1) {
  const times: Partial<Record<keyof typeof subjects, number>> = {};
  for (const at of names.keys()) {
    const name = names[(at + round + names.length) % names.length];
    if (name !== undefined) times[name] = await measure(subjects[name]);
  }
  // The first round is a warm-up.
  if (round >= 0) process.stdout.write(`${JSON.stringify(times)}\n`);
}
close();
watcher.kill();
rmSync(dir, { recursive: true, force: true });
process.exit();
