import { expect, test } from 'vitest';
import { createActor, fromPromise } from 'xstate';
import type { StartupTask } from '../../src/domain/startup-task.ts';
import { startupTaskMachine, type TaskSettled } from '../../src/machines/startup-task.machine.ts';
import { createCommandedClock } from '../fixtures/commanded-clock.ts';
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

const model = startupTaskMachine.provide({ actions: { tellLifecycle: () => undefined } });

test('a startup task goes every way that its chart allows, and tells the lifecycle each outcome once', async () => {
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
    expect(run.told.map(({ outcome }) => outcome)).toEqual(outcomes);
  }
  process.stdout.write(`startupTask: ${tours.length} walks, edges ${taken.size} of ${edges.size}\n`);
  expect(taken.size).toBe(edges.size);
});

test('a startup task that runs out of time aborts its work', async () => {
  const run = startTask();
  await run.take({ type: 'BEGIN' });
  expect(run.signal()?.aborted).toBe(false);
  await run.take({ type: 'xstate.after.timeLimit.startupTask.running' });
  expect(run.signal()?.aborted).toBe(true);
  expect(run.actor.getSnapshot().context.cause).toBe('reading the audit took longer than 60 s');
});

/** A real actor whose work settles, and whose clock fires, on command. */
function startTask() {
  const clock = createCommandedClock();
  const told: Pick<TaskSettled, 'outcome'>[] = [];
  let work: { resolve(): void; reject(error: Error): void; signal: AbortSignal } | null = null;
  const machine = startupTaskMachine.provide({
    actors: {
      runTask: fromPromise<void, { name: string }>(
        ({ signal }) =>
          new Promise((resolve, reject) => {
            work = { resolve, reject, signal };
          }),
      ),
    },
    actions: { tellLifecycle: (_, { outcome }) => told.push({ outcome }) },
  });
  const actor = createActor(machine, { input: task, clock });
  actor.start();
  return {
    actor,
    told,
    signal: () => work?.signal ?? null,
    async take(event: TourEvent) {
      if (event.type === 'BEGIN') actor.send({ type: 'BEGIN' });
      else if (event.type.startsWith('xstate.done')) work?.resolve();
      else if (event.type.startsWith('xstate.error')) work?.reject(new Error('broken'));
      else clock.fire((ms) => ms === task.timeLimitMs);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
