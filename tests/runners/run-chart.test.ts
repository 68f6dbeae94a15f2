import { describe, expect, it } from 'vitest';
import { type AnyActor, createActor, fromPromise, setup, waitFor } from 'xstate';
import type { StartedBy } from '../../src/domain/inspection.ts';
import { backgroundJobMachine } from '../../src/machines/background-job.machine.ts';
import { defineWork, type WorkScope } from '../../src/machines/define-work.ts';
import { RunTable, runChart } from '../../src/runners/run-chart.ts';
import { commandWork } from '../fixtures/commanded-work.ts';

/** A chart that drains when it is cancelled: it ends only when its work says so. */
interface DrainWork {
  drain(input: undefined): Promise<void>;
}
const drainWork = defineWork<DrainWork>({ drain: 'promise' });
const drainingMachine = (actors: ReturnType<typeof drainWork.actors>) =>
  setup({ types: { events: {} as { type: 'CANCEL' }, output: {} as string }, actors }).createMachine({
    id: 'draining',
    initial: 'running',
    output: 'drained',
    states: {
      running: { on: { CANCEL: 'draining' } },
      draining: { invoke: { id: 'drain', src: 'drain', onDone: 'drained' } },
      drained: { type: 'final' },
    },
  });

const cancel = () => ({ type: 'CANCEL' }) as const;

function follow() {
  const followed: { name: string; state: unknown; startedBy: StartedBy | null }[] = [];
  return {
    followed,
    follow(name: string, actor: AnyActor, startedBy: StartedBy | null) {
      actor.subscribe(({ value }) => followed.push({ name, state: value, startedBy }));
    },
  };
}

describe('A chart that is run', () => {
  it('is shown from its first state on, and gives its output at its end', async () => {
    const { followed, ...deps } = follow();
    const work = commandWork(drainWork);
    const run = runChart(drainingMachine(work.actors), { name: 'draining.1', input: undefined, cancel }, deps);
    run.send({ type: 'CANCEL' });
    work.latest('drain').resolve();
    expect(await run.output).toBe('drained');
    expect(followed.map(({ state }) => state)).toEqual(['running', 'draining', 'drained']);
    run.send({ type: 'CANCEL' });
  });

  it('is cancelled when its signal is aborted, and ends in its own time', async () => {
    const leaving = new AbortController();
    const work = commandWork(drainWork);
    const { followed, ...deps } = follow();
    const { output } = runChart(
      drainingMachine(work.actors),
      { name: 'draining.1', input: undefined, signal: leaving.signal, cancel },
      deps,
    );
    // Who has the signal has asked for it.
    expect(followed[0]?.startedBy).toBe(leaving.signal);
    let isOver = false;
    void output.then(() => {
      isOver = true;
    });
    leaving.abort();
    await new Promise((resolve) => setImmediate(resolve));
    expect([isOver, work.latest('drain').isRunning]).toEqual([false, true]);
    work.latest('drain').resolve();
    await output;
  });

  it('is cancelled at once when its signal has been aborted before', async () => {
    const work = commandWork(drainWork);
    const run = { name: 'draining.1', input: undefined, signal: AbortSignal.abort(), cancel };
    const { output } = runChart(drainingMachine(work.actors), run, follow());
    work.latest('drain').resolve();
    expect(await output).toBe('drained');
  });

  it('settles when the state of another chart whose step asked for it is left, and is shown below that step', async () => {
    const { followed, ...deps } = follow();
    const work = commandWork(drainWork);
    const outputs: string[] = [];
    /** The step of a pipeline: a promise actor that calls the runner of another chart. */
    interface StepWork {
      runOther(input: undefined, scope: WorkScope): Promise<void>;
    }
    const stepWork = defineWork<StepWork>({ runOther: 'promise' });
    const parent = setup({
      actors: stepWork.actors({
        async runOther(_, { signal, startedBy }) {
          const run = { name: 'draining.1', input: undefined, signal, startedBy, cancel };
          outputs.push(await runChart(drainingMachine(work.actors), run, deps).output);
        },
      }),
    }).createMachine({
      initial: 'step',
      states: { step: { invoke: { id: 'runOther', src: 'runOther' }, on: { SKIP: 'next' } }, next: {} },
    });
    const actor = createActor(parent).start();
    const step = actor.getSnapshot().children.runOther;
    actor.send({ type: 'SKIP' });
    await waitFor(actor, ({ value }) => value === 'next');
    expect(work.latest('drain').isRunning).toBe(true);
    work.latest('drain').resolve();
    await expect.poll(() => outputs).toEqual(['drained']);
    expect(followed[0]).toMatchObject({ name: 'draining.1', startedBy: step });
  });
});

describe('The work of a chart', () => {
  it('that is not provided fails with its name', async () => {
    const actor = createActor(backgroundJobMachine, { input: { jobId: 1, name: 'a job', timeLimitMs: 1_000 } });
    actor.start();
    await waitFor(actor, ({ status }) => status === 'done');
    expect(actor.getSnapshot().output?.fault?.message).toBe('the work runJob is not provided');
  });

  it('that throws at once fails as work that rejects', async () => {
    const actors = defineWork<DrainWork>({ drain: 'promise' }).actors({
      drain() {
        throw new Error('at once');
      },
    });
    const actor = createActor(actors.drain, { input: undefined });
    const error = new Promise((resolve) => actor.subscribe({ error: resolve }));
    actor.start();
    expect(await error).toMatchObject({ message: 'at once' });
  });

  it('is a promise actor as XState makes it', () => {
    const { drain } = drainWork.actors({ drain: async () => undefined });
    expect(Object.keys(drain)).toEqual(Object.keys(fromPromise(async () => undefined)));
  });
});

it('A run table gives each run a number of its own, and refuses unknown numbers', () => {
  const table = new RunTable<string>();
  const ids = [table.nextId(), table.nextId()];
  table.set(ids[0] ?? 0, 'first');
  expect(new Set(ids).size).toBe(2);
  expect([table.of(ids[0] ?? 0), table.size]).toEqual(['first', 1]);
  table.delete(ids[0] ?? 0);
  expect(() => table.of(ids[0] ?? 0)).toThrow(`nothing runs under the number ${ids[0]}`);
});
