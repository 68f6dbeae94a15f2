import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import type { EndingLimits, ProcessExit, ProcessesEnded, StopReason } from '../../src/domain/child-process.ts';
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

describe('A STOP', () => {
  it('before the program is there waits until it is, and then ends it at once', async () => {
    const run = startProgram();
    await run.take(stop('cancelled', 500));
    expect([run.actor.getSnapshot().value, run.endings()]).toEqual(['spawning', []]);
    await run.take({ type: 'xstate.done.actor.spawnProcess' });
    expect(run.actor.getSnapshot().value).toBe('ending');
    expect(run.endings().map(({ limits }) => limits)).toEqual([{ settleMs: 0, graceMs: 500 }]);
    expect(run.watchesEver()).toBe(0);
    await run.take({ type: 'xstate.done.actor.endProcesses' });
    expect(run.actor.getSnapshot().output).toEqual({ reason: 'cancelled', ...ended, fault: null });
  });

  it('before the program is there does not hide why it could not be started', async () => {
    const run = startProgram();
    await run.take(stop('cancelled', 500));
    await run.take({ type: 'xstate.error.actor.spawnProcess' });
    expect(run.actor.getSnapshot().output?.fault).toEqual({ code: 'internal', message: 'broken' });
    expect(run.endings()).toEqual([]);
  });

  it('with less time while the program is being ended starts the ending again, and the result of the first is ignored', async () => {
    const run = await startEnding(stop('cancelled', 2_000));
    await run.take(stop('timedOut', 500));
    expect(run.endings().map(({ limits, isAborted }) => [limits.graceMs, isAborted])).toEqual([
      [2_000, true],
      [500, false],
    ]);
    run.endings()[0]?.start.resolve({ ...ended, others: 99 });
    await new Promise((resolve) => setImmediate(resolve));
    expect(run.actor.getSnapshot().value).toBe('ending');
    await run.take({ type: 'xstate.done.actor.endProcesses' });
    expect(run.actor.getSnapshot().output).toEqual({ reason: 'cancelled', ...ended, fault: null });
  });

  it('with no less time while the program is being ended changes nothing', async () => {
    const run = await startEnding(stop('cancelled', 500));
    for (const graceMs of [500, 501, 2_000]) await run.take(stop('timedOut', graceMs));
    expect(run.endings().map(({ limits, isAborted }) => [limits.graceMs, isAborted])).toEqual([[500, false]]);
    expect(run.actor.getSnapshot().context).toMatchObject({ stop: 'cancelled', graceMs: 500 });
  });

  it('never leaves the program more time than it had', async () => {
    const run = await startEnding(stop('cancelled', 9_000));
    expect(run.endings().map(({ limits }) => limits.graceMs)).toEqual([2_000]);
  });
});

describe('The ending of a program', () => {
  it.each<[StopReason, StepEvent, number]>([
    ['exited', { type: 'xstate.done.actor.waitForExit' }, 100],
    ['timedOut', { type: 'xstate.after.timeLimit.childProcess.running' }, 0],
    ['cancelled', stop('cancelled', 2_000), 0],
    ['tooMuchOutput', stop('tooMuchOutput', 2_000), 0],
  ])(
    'because it has %s waits for readers of its output only if the program exited by itself',
    async (reason, why, settleMs) => {
      const run = await startEnding(why);
      expect(run.endings().map(({ processId, limits }) => ({ processId, limits }))).toEqual([
        { processId: input.processId, limits: { settleMs, graceMs: 2_000 } },
      ]);
      await run.take({ type: 'xstate.done.actor.endProcesses' });
      expect(run.actor.getSnapshot().output).toEqual({ reason, ...ended, fault: null });
    },
  );

  it.each<[StopReason, StepEvent]>([
    ['timedOut', { type: 'xstate.after.timeLimit.childProcess.running' }],
    ['cancelled', stop('cancelled', 2_000)],
    ['tooMuchOutput', stop('tooMuchOutput', 2_000)],
  ])('because it has %s keeps that reason, also if the program then exits with 0', async (reason, why) => {
    const run = await startEnding(why);
    const exitedWell = { exit: { code: 0, signal: null }, others: 0, survivors: [] };
    run.endings()[0]?.start.resolve(exitedWell);
    await new Promise((resolve) => setImmediate(resolve));
    expect(run.actor.getSnapshot().output).toEqual({ reason, ...exitedWell, fault: null });
  });

  it('that takes too long is given up, and its work is aborted', async () => {
    const run = await startEnding({ type: 'xstate.done.actor.waitForExit' });
    await run.take({ type: 'xstate.after.endLimit.childProcess.ending' });
    expect(run.endings()[0]?.isAborted).toBe(true);
    expect(run.actor.getSnapshot().output).toEqual({
      reason: 'exited',
      exit: { code: null, signal: null },
      others: 0,
      survivors: [],
      fault: { code: 'unavailable', message: expect.stringContaining('could not be ended in time') },
    });
  });

  it('has its whole limit again when it starts again', async () => {
    const run = await startEnding(stop('cancelled', 2_000));
    expect(run.clock.delays()).toEqual([9_000]);
    await run.take(stop('cancelled', 0));
    expect(run.clock.delays()).toEqual([7_000]);
  });
});

describe('The output of a program', () => {
  it('is watched while it runs, not before and not after', async () => {
    const run = startProgram();
    expect(run.watches()).toBe(0);
    await run.take({ type: 'xstate.done.actor.spawnProcess' });
    expect(run.watches()).toBe(1);
    await run.take(stop('tooMuchOutput', 2_000));
    expect(run.watches()).toBe(0);
  });

  it('that cannot be watched ends the program, with the reason', async () => {
    const run = startProgram({ isWatchBroken: true });
    await run.take({ type: 'xstate.done.actor.spawnProcess' });
    expect(run.actor.getSnapshot().value).toBe('ending');
    await run.take({ type: 'xstate.done.actor.endProcesses' });
    expect(run.actor.getSnapshot().output?.fault).toEqual({ code: 'internal', message: 'broken' });
  });
});

it('A program that takes too long to start is ended', async () => {
  const run = startProgram();
  await run.take({ type: 'xstate.after.spawnLimit.childProcess.spawning' });
  expect(run.endings().map(({ limits }) => limits)).toEqual([{ settleMs: 0, graceMs: 2_000 }]);
  await run.take({ type: 'xstate.done.actor.endProcesses' });
  expect(run.actor.getSnapshot().output).toMatchObject({ reason: 'timedOut', fault: null });
});

/** A program that runs, and one step more. */
async function startEnding(why: StepEvent) {
  const run = startProgram();
  await run.take({ type: 'xstate.done.actor.spawnProcess' });
  await run.take(why);
  expect(run.actor.getSnapshot().value).toBe('ending');
  return run;
}

/** A real actor whose work settles, and whose clock fires, on command. */
function startProgram({ isWatchBroken = false } = {}) {
  const clock = createCommandedClock();
  const work = commandWork(childProcessWork, isWatchBroken ? { watchOutput: broken } : {});
  const actor = createActor(createChildProcessMachine(work.actors), { input, clock });
  actor.start();
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const startsOf = (name: string) => work.started.filter((start) => start.name === name);
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
    endings: () =>
      startsOf('endProcesses').map((start) => ({ ...(start.input as Ending), isAborted: start.isAborted, start })),
    watches: () => startsOf('watchOutput').filter(({ isRunning }) => isRunning).length,
    watchesEver: () => startsOf('watchOutput').length,
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

interface Ending {
  readonly processId: number;
  readonly limits: EndingLimits;
}
