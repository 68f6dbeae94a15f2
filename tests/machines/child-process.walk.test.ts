import { expect, it } from 'vitest';
import { createActor } from 'xstate';
import type { ProcessExit, ProcessesEnded, StopReason } from '../../src/domain/child-process.ts';
import {
  type ChildProcessContext,
  type ChildProcessInput,
  childProcessMachine,
  childProcessWork,
  createChildProcessMachine,
} from '../../src/machines/child-process.machine.ts';
import { createCommandedClock } from '../fixtures/commanded-clock.ts';
import { commandWork } from '../fixtures/commanded-work.ts';
import { expectedSnapshots, planTours, type TourEvent } from './tour.ts';

const input: ChildProcessInput = { processId: 7, timeLimitMs: 60_000, graceMs: 2_000 };
const broken = new Error('broken');
const ended: ProcessesEnded & { exit: ProcessExit } = {
  exit: { code: null, signal: 'SIGTERM' },
  others: 3,
  survivors: [42],
};

interface StepEvent extends TourEvent {
  readonly reason?: StopReason;
  readonly graceMs?: number;
  readonly output?: unknown;
  readonly error?: unknown;
}

const stop = (reason: StopReason, graceMs: number): StepEvent => ({ type: 'STOP', reason, graceMs });
const stops = [stop('cancelled', 2_000), stop('cancelled', 0)];

/** Every event that may come, with every payload that makes a difference. */
const possible: Readonly<Record<string, readonly StepEvent[]>> = {
  spawning: [
    ...stops,
    { type: 'xstate.done.actor.spawnProcess' },
    { type: 'xstate.error.actor.spawnProcess', error: broken },
    { type: 'xstate.after.spawnLimit.childProcess.spawning' },
  ],
  running: [
    ...stops,
    stop('tooMuchOutput', 2_000),
    { type: 'xstate.done.actor.waitForExit' },
    { type: 'xstate.error.actor.waitForExit', error: broken },
    { type: 'xstate.error.actor.watchOutput', error: broken },
    { type: 'xstate.after.timeLimit.childProcess.running' },
  ],
  ending: [
    ...stops,
    { type: 'xstate.done.actor.endProcesses', output: ended },
    { type: 'xstate.error.actor.endProcesses', error: broken },
    { type: 'xstate.after.endLimit.childProcess.ending' },
  ],
};

/** Of the timer that runs in each state; an ending has its grace, two seconds for the killing and five to look. */
const limitMsIn = (value: unknown, { graceMs, timeLimitMs }: ChildProcessContext) =>
  ({ spawning: 10_000, running: timeLimitMs, ending: graceMs + 7_000 })[String(value)];

it('A program takes every transition of its chart, and no other', async () => {
  const { tours, edges } = planTours<StepEvent>({
    machine: childProcessMachine,
    input,
    events: ({ value }) => [...(possible[String(value)] ?? [])],
    serialize: ({ value, status, context }) => JSON.stringify([value, status, context]),
  });
  const taken = new Set<string>();
  for (const tour of tours) {
    const expected = expectedSnapshots(childProcessMachine, input, tour);
    const run = startProgram();
    for (const [index, { event, edge }] of tour.steps.entries()) {
      await run.take(event);
      const { value, status, context, output } = run.actor.getSnapshot();
      const way = tour.steps.slice(0, index + 1).map((step) => step.event.type);
      expect({ value, status, context, output }, way.join(' > ')).toEqual({
        value: expected[index]?.value,
        status: expected[index]?.status,
        context: expected[index]?.context,
        output: expected[index]?.output,
      });
      expect(run.clock.delays(), way.join(' > ')).toEqual(status === 'done' ? [] : [limitMsIn(value, context)]);
      taken.add(edge);
    }
    expect(run.watches()).toBe(0);
    expect(run.actor.getSnapshot().status).toBe('done');
  }
  process.stdout.write(`childProcess: ${tours.length} walks, edges ${taken.size} of ${edges.size}\n`);
  expect(taken.size).toBe(edges.size);
});

/** A real actor whose work settles, and whose clock fires, on command. */
function startProgram() {
  const clock = createCommandedClock();
  const work = commandWork(childProcessWork);
  const actor = createActor(createChildProcessMachine(work.actors), { input, clock });
  actor.start();
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const perform: Readonly<Record<string, () => void>> = {
    'xstate.done.actor.spawnProcess': () => work.latest('spawnProcess').resolve(),
    'xstate.error.actor.spawnProcess': () => work.latest('spawnProcess').reject(broken),
    'xstate.done.actor.waitForExit': () => work.latest('waitForExit').resolve(),
    'xstate.error.actor.waitForExit': () => work.latest('waitForExit').reject(broken),
    'xstate.done.actor.endProcesses': () => work.latest('endProcesses').resolve(ended),
    'xstate.error.actor.endProcesses': () => work.latest('endProcesses').reject(broken),
    // A callback can only fail when it starts; here the machine gets the event that it would get then.
    'xstate.error.actor.watchOutput': () =>
      actor.send({ type: 'xstate.error.actor.watchOutput', error: broken } as never),
  };
  const fireLimit = () => {
    const { value, context } = actor.getSnapshot();
    clock.fire((ms) => ms === limitMsIn(value, context));
  };
  return {
    actor,
    clock,
    watches: () => work.started.filter(({ name, isRunning }) => name === 'watchOutput' && isRunning).length,
    async take(event: StepEvent) {
      const { type, reason, graceMs } = event;
      if (reason !== undefined && graceMs !== undefined) {
        // The watch of the output itself reports too much of it.
        if (reason === 'tooMuchOutput') work.latest('watchOutput').send({ type: 'STOP', reason, graceMs });
        else actor.send({ type: 'STOP', reason, graceMs });
      } else (perform[type] ?? fireLimit)();
      await settle();
    },
  };
}
