import { expect, it, vi } from 'vitest';
import { createActor } from 'xstate';
import {
  createUpstreamMachine,
  type UpstreamEvent,
  type UpstreamInput,
  upstreamWork,
} from '../../src/machines/upstream.machine.ts';
import { createCommandedClock } from '../fixtures/commanded-clock.ts';
import { commandWork } from '../fixtures/commanded-work.ts';
import { createWrappedServers } from '../fixtures/wrapped-server.ts';
import { defect, timeOfStep, type UpstreamStep, type WalkedUpstream, walkUpstream } from './upstream-model.ts';

it('A wrapped command takes every transition of its chart, and no other', async () => {
  const numbers = await walkUpstream(() => true, startCommanded, 1);
  process.stdout.write(`upstream: ${numbers}\n`);
});

it('Real processes take every transition of the chart of a wrapped command, and none is left', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 0 });
  try {
    let steps = 0;
    const servers = createWrappedServers(() => {
      steps += 1;
      vi.setSystemTime(timeOfStep(steps));
    });
    const numbers = await walkUpstream((step) => !isDefect(step), servers.start, 4);
    process.stdout.write(`upstream: ${numbers}, on ${servers.startedProcesses} processes\n`);
    expect(servers.processesLeft()).toEqual([]);
  } finally {
    vi.useRealTimers();
  }
});

/** Work that throws is a fault of the program, not of its world. */
const isDefect = (step: UpstreamStep) => 'error' in step && step.error === defect;

/** A real actor whose work settles, and whose clock fires, on command. */
function startCommanded(input: UpstreamInput): WalkedUpstream {
  const clock = createCommandedClock();
  const work = commandWork(upstreamWork);
  const actor = createActor(createUpstreamMachine(work.actors), { input, clock });
  actor.start();
  const happen = (step: UpstreamStep) => {
    const [, kind, name] = /^xstate\.(done|error)\.actor\.(\w+)$/.exec(step.type) ?? [];
    // A callback can only fail when it starts; here the machine gets the event that it would get then.
    if (kind === undefined || name === 'serveClient') {
      if (step.type.startsWith('xstate.after.')) clock.fire(() => true);
      else actor.send(step as UpstreamEvent);
    } else if (kind === 'done') work.latest(name as 'runCommand').resolve('output' in step ? step.output : undefined);
    else work.latest(name as 'runCommand').reject('error' in step ? step.error : undefined);
  };
  return {
    async take(step) {
      happen(step);
      await new Promise((resolve) => setImmediate(resolve));
    },
    snapshot: () => actor.getSnapshot(),
    async end() {
      expect(work.started.filter(({ isRunning }) => isRunning)).toEqual([]);
      expect(clock.delays()).toEqual([]);
    },
  };
}
