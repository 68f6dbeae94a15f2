import { expect, it } from 'vitest';
import { createActor } from 'xstate';
import {
  type BackgroundJobEvent,
  type BackgroundJobInput,
  backgroundJobMachine,
  backgroundJobWork,
  createBackgroundJobMachine,
} from '../../src/machines/background-job.machine.ts';
import { createCommandedClock } from '../fixtures/commanded-clock.ts';
import { commandWork } from '../fixtures/commanded-work.ts';
import { expectedSnapshots, planTours, type TourEvent } from './tour.ts';

const input: BackgroundJobInput = { jobId: 7, name: 'upkeep', timeLimitMs: 60_000 };
const broken = new Error('broken');

interface StepEvent extends TourEvent {
  readonly error?: unknown;
}

const possible: Readonly<Record<string, readonly StepEvent[]>> = {
  running: [
    { type: 'CANCEL' },
    { type: 'xstate.done.actor.runJob' },
    { type: 'xstate.error.actor.runJob', error: broken },
    { type: 'xstate.after.timeLimit.backgroundJob.running' },
  ],
};

it('A background job takes every transition of its chart, and aborts work that has not ended', async () => {
  const { tours, edges } = planTours<StepEvent>({
    machine: backgroundJobMachine,
    input,
    events: ({ value }) => [...(possible[String(value)] ?? [])],
    serialize: ({ value, status, context }) => JSON.stringify([value, status, context]),
  });
  const taken = new Set<string>();
  for (const tour of tours) {
    const expected = expectedSnapshots(backgroundJobMachine, input, tour);
    const run = startJob();
    expect(run.clock.delays()).toEqual([60_000]);
    for (const [index, { event, edge }] of tour.steps.entries()) {
      await run.take(event);
      const { value, status, context, output } = run.actor.getSnapshot();
      expect({ value, status, context, output }).toEqual({
        value: expected[index]?.value,
        status: expected[index]?.status,
        context: expected[index]?.context,
        output: expected[index]?.output,
      });
      expect(run.clock.delays()).toEqual([]);
      const hasEndedByItself = value === 'done' || value === 'failed';
      expect(run.isAborted()).toBe(!hasEndedByItself);
      taken.add(edge);
    }
  }
  process.stdout.write(`backgroundJob: ${tours.length} walks, edges ${taken.size} of ${edges.size}\n`);
  expect(taken.size).toBe(edges.size);
  expect(taken.size).toBe(4);
});

/** A real actor whose work settles, and whose clock fires, on command. */
function startJob() {
  const clock = createCommandedClock();
  const work = commandWork(backgroundJobWork);
  const actor = createActor(createBackgroundJobMachine(work.actors), { input, clock });
  actor.start();
  expect(work.started).toMatchObject([{ name: 'runJob', input: { jobId: input.jobId } }]);
  return {
    actor,
    clock,
    isAborted: () => work.started[0]?.isAborted,
    async take({ type }: StepEvent) {
      if (type === 'CANCEL') actor.send({ type } satisfies BackgroundJobEvent);
      else if (type.startsWith('xstate.done')) work.latest('runJob').resolve();
      else if (type.startsWith('xstate.error')) work.latest('runJob').reject(broken);
      else clock.fire((ms) => ms === input.timeLimitMs);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
