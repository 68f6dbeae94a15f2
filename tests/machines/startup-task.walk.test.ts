import { expect, test } from 'vitest';
import { createActor } from 'xstate';
import type { StartupTask } from '../../src/domain/startup-task.ts';
import {
  createStartupTaskMachine,
  startupTaskMachine,
  startupTaskWork,
  type TaskSettled,
} from '../../src/machines/startup-task.machine.ts';
import { createCommandedClock } from '../fixtures/commanded-clock.ts';
import { commandWork } from '../fixtures/commanded-work.ts';
import { expectedSnapshots, planTours, type TourEvent } from './tour.ts';

const task: StartupTask = {
  name: 'audit',
  description: 'reading the audit',
  gating: true,
  timeLimitMs: 60_000,
  follows: 'backend',
};

const possible: Readonly<Record<string, readonly TourEvent[]>> = {
  waiting: [{ type: 'BEGIN' }],
  running: [
    { type: 'xstate.done.actor.runTask' },
    { type: 'xstate.error.actor.runTask' },
    { type: 'xstate.after.timeLimit.startupTask.running' },
  ],
  failed: [{ type: 'BEGIN' }],
  timedOut: [{ type: 'BEGIN' }],
};

const model = startupTaskMachine.provide({ actions: { notifyLifecycle: () => undefined } });

test('a start-up task takes every transition of its chart, and reports each outcome to the life cycle once', async () => {
  const { tours, edges } = planTours<TourEvent>({
    machine: model,
    input: task,
    events: ({ value }) => [...(possible[String(value)] ?? [])],
    serialize: ({ value, status }) => JSON.stringify([value, status]),
  });
  const taken = new Set<string>();
  for (const tour of tours) {
    const expected = expectedSnapshots(model, task, tour);
    const run = startTask();
    for (const [index, { event, edge }] of tour.steps.entries()) {
      await run.take(event);
      expect(run.actor.getSnapshot().value).toEqual(expected[index]?.value);
      taken.add(edge);
    }
    const outcomes = expected.map(({ value }) => value).filter((value) => value !== 'running');
    expect(run.reported.map(({ outcome }) => outcome)).toEqual(outcomes);
  }
  process.stdout.write(`startupTask: ${tours.length} walks, edges ${taken.size} of ${edges.size}\n`);
  expect(taken.size).toBe(edges.size);
});

/** A real actor whose work settles, and whose clock fires, on command. */
function startTask() {
  const clock = createCommandedClock();
  const reported: Pick<TaskSettled, 'outcome'>[] = [];
  const work = commandWork(startupTaskWork);
  const machine = createStartupTaskMachine(work.actors).provide({
    actions: { notifyLifecycle: (_, { outcome }) => reported.push({ outcome }) },
  });
  const actor = createActor(machine, { input: task, clock });
  actor.start();
  return {
    actor,
    reported,
    async take(event: TourEvent) {
      if (event.type === 'BEGIN') actor.send({ type: 'BEGIN' });
      else if (event.type.startsWith('xstate.done')) work.latest('runTask').resolve();
      else if (event.type.startsWith('xstate.error')) work.latest('runTask').reject(new Error('broken'));
      else clock.fire((ms) => ms === task.timeLimitMs);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
