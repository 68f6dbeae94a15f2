import { createActor, createMachine } from 'xstate';
import { type AnInspectedServer, anInspectedServer } from '../../tests/fixtures/an-inspected-server.ts';

/** Prints the memory of a full recording (heap and array buffers) in bytes, one line per round. Needs --expose-gc. */
const events = 40_000;
const rounds = Number(process.argv[2] ?? 5);

const machine = createMachine({
  id: 'toggle',
  initial: 'off',
  context: { note: 'as much as a small chart may contain '.repeat(8) },
  states: { off: { on: { TOGGLE: 'on' } }, on: { on: { TOGGLE: 'off' } } },
});

const used = () => {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

/** Collected while another is measured, an earlier one would be taken from it. */
const servers: AnInspectedServer[] = [];

/** Counts only what the recording keeps: the actor is created before. */
async function measure(): Promise<number> {
  const server = anInspectedServer();
  const actor = createActor(machine);
  server.show('bench', actor);
  actor.start();
  const before = used();
  server.record('greeting');
  for (let sent = 0; sent < events; sent += 1) {
    actor.send({ type: 'TOGGLE' });
    if (sent % 100 === 99) await new Promise((resolve) => setImmediate(resolve));
  }
  servers.push(server);
  return used() - before;
}

// The first round is not counted: it compiles the code.
await measure();
for (let round = 0; round < rounds; round += 1) process.stdout.write(`${await measure()}\n`);
process.exit();
