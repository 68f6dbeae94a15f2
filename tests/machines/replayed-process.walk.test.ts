import { expect, it } from 'vitest';
import { createActor } from 'xstate';
import type { StopReason } from '../../src/domain/child-process.ts';
import {
  createReplayedProcessMachine,
  type ReplayedProcessContext,
  type ReplayedProcessInput,
  replayedProcessMachine,
  replayedProcessWork,
} from '../../src/machines/replayed-process.machine.ts';
import { createCommandedClock } from '../fixtures/commanded-clock.ts';
import { commandWork } from '../fixtures/commanded-work.ts';
import { expectedSnapshots, planTours, type TourEvent } from './tour.ts';

const inputs = (['exited', 'cancelled'] as const).map(
  (reason): ReplayedProcessInput => ({
    processId: 7,
    step: '0003-run_cmd/1',
    recorded: { reason, exit: { code: 3, signal: null }, others: 2 },
    timeLimitMs: 30_000,
  }),
);
const broken = new Error('broken');

interface StepEvent extends TourEvent {
  readonly reason?: StopReason;
  readonly error?: unknown;
}

const stops: readonly StepEvent[] = [
  { type: 'STOP', reason: 'cancelled' },
  { type: 'STOP', reason: 'timedOut' },
];

/** Every event that may come, with every payload that makes a difference. */
const possible: Readonly<Record<string, readonly StepEvent[]>> = {
  playing: [
    ...stops,
    { type: 'xstate.done.actor.playOutput' },
    { type: 'xstate.error.actor.playOutput', error: broken },
    { type: 'xstate.after.timeLimit.replayedProcess.playing' },
  ],
  writing: [
    ...stops,
    { type: 'xstate.done.actor.writeFiles' },
    { type: 'xstate.error.actor.writeFiles', error: broken },
    { type: 'xstate.after.writeLimit.replayedProcess.writing' },
  ],
  waiting: [...stops, { type: 'xstate.after.timeLimit.replayedProcess.waiting' }],
};

const limitMsIn = (value: unknown, { timeLimitMs }: ReplayedProcessContext) =>
  value === 'writing' ? 60_000 : timeLimitMs;

it.each(inputs)(
  'A replayed program ($recorded.reason) takes every transition of its chart, and no other',
  async (input) => {
    const { tours, edges } = planTours<StepEvent>({
      machine: replayedProcessMachine,
      input,
      events: ({ value }) => [...(possible[String(value)] ?? [])],
      serialize: ({ value, status, context }) => JSON.stringify([value, status, context]),
    });
    const taken = new Set<string>();
    for (const tour of tours) {
      const expected = expectedSnapshots(replayedProcessMachine, input, tour);
      const run = startProgram(input);
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
      expect(run.running()).toEqual([]);
      expect(run.actor.getSnapshot().status).toBe('done');
    }
    process.stdout.write(`replayedProcess: ${tours.length} walks, edges ${taken.size} of ${edges.size}\n`);
    expect(taken.size).toBe(edges.size);
  },
);

/** A real actor whose work settles, and whose clock fires, on command. */
function startProgram(input: ReplayedProcessInput) {
  const clock = createCommandedClock();
  const work = commandWork(replayedProcessWork);
  const actor = createActor(createReplayedProcessMachine(work.actors), { input, clock });
  actor.start();
  const perform: Readonly<Record<string, () => void>> = {
    'xstate.done.actor.playOutput': () => work.latest('playOutput').resolve(),
    'xstate.error.actor.playOutput': () => work.latest('playOutput').reject(broken),
    'xstate.done.actor.writeFiles': () => work.latest('writeFiles').resolve(),
    'xstate.error.actor.writeFiles': () => work.latest('writeFiles').reject(broken),
  };
  const fireLimit = () => {
    const { value, context } = actor.getSnapshot();
    clock.fire((ms) => ms === limitMsIn(value, context));
  };
  return {
    actor,
    clock,
    running: () => work.started.filter(({ isRunning }) => isRunning),
    async take({ type, reason }: StepEvent) {
      if (reason !== undefined) actor.send({ type: 'STOP', reason });
      else (perform[type] ?? fireLimit)();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
