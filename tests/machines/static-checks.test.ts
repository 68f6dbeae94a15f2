import { describe, expect, it } from 'vitest';
import { type AnyStateMachine, createMachine, type EventObject, fromPromise, setup, spawnChild } from 'xstate';
import { findCharts } from '../../scripts/docs/charts.mts';
import { startupTasks } from '../../src/domain/startup-task.ts';
import { serializeSession, sessionInput, sessionSteps } from './agent-session-model.ts';
import {
  type ExplorationOptions,
  explorationByName,
  exploreChart,
  findActorsBefore,
  findEndless,
} from './exploration.ts';
import { modelEvents, modelInput, serializeModelState } from './lifecycle-model.ts';
import { recipeSteps, serializeRecipeStep } from './recipe-model.ts';
import {
  checkChart,
  findDeadlocks,
  findDeadStates,
  findShadowedBranches,
  findUndescribedStates,
  findUnhandledFailures,
  findUnlimitedWork,
  findWorkBefore,
} from './static-checks.ts';
import { serializeUpstream, upstreamInputs, upstreamSteps } from './upstream-model.ts';

const stops = [2_000, 500, 0].map((graceMs) => ({ type: 'STOP', reason: 'cancelled', graceMs }));

const stopped = { type: 'STOP', reason: 'cancelled' };

/** What the work of a program says when it settles, either way. */
const told = { output: { exit: { code: 0, signal: null }, others: 0, survivors: [] }, error: 'broken' };

/** What the exploration of a chart needs beside its events' names. */
const explorations: Readonly<Record<string, ExplorationOptions>> = {
  lifecycle: { input: modelInput, events: modelEvents, serialize: serializeModelState },
  'startup-task': { ...explorationByName, input: startupTasks[0] },
  'background-job': { ...explorationByName, input: { jobId: 1, name: 'upkeep', timeLimitMs: 60_000 } },
  'child-process': {
    input: { processId: 1, timeLimitMs: 60_000, graceMs: 2_000 },
    events: (snapshot) =>
      explorationByName
        .events(snapshot)
        .flatMap((event): readonly EventObject[] => (event.type === 'STOP' ? stops : [{ ...event, ...told }])),
    serialize: ({ value, status, context: { stop, graceMs } }) => JSON.stringify([value, status, stop, graceMs]),
  },
  'replayed-process': {
    input: {
      processId: 1,
      step: '0003-run_cmd/1',
      recorded: { reason: 'cancelled', exit: { code: 0, signal: null }, others: 0 },
      timeLimitMs: 60_000,
    },
    events: (snapshot) =>
      explorationByName
        .events(snapshot)
        .map((event): EventObject => (event.type === 'STOP' ? stopped : { ...event, ...told })),
    serialize: ({ value, status, context: { stop } }) => JSON.stringify([value, status, stop]),
  },
  upstream: { input: upstreamInputs[0], events: upstreamSteps, serialize: serializeUpstream },
  recipe: { input: { inputs: {}, budgets: {}, from: null }, events: recipeSteps, serialize: serializeRecipeStep },
  'agent-session': { input: sessionInput, events: sessionSteps, serialize: serializeSession },
};

/** Alone, a task has no lifecycle to tell. */
const withoutParent = (machine: AnyStateMachine) =>
  'notifyLifecycle' in machine.implementations.actions
    ? machine.provide({ actions: { notifyLifecycle: () => undefined } })
    : machine;

const charts = (await findCharts()).map((chart) => ({ ...chart, machine: withoutParent(chart.machine) }));

describe.each(charts)('the $name chart', ({ name, machine }) => {
  it('has no dead state, deadlock or hidden branch, handles and limits its work, and says what each state is for', () => {
    expect(checkChart(machine.root)).toEqual([]);
  });

  it('can come to an end from every configuration that it can come into', () => {
    const exploration = exploreChart(machine, explorations[name] ?? explorationByName);
    expect(exploration.configurations.size).toBeGreaterThan(1);
    expect(findEndless(exploration)).toEqual([]);
  });
});

describe('the lifecycle chart before deferredInit', () => {
  const rule = {
    boundary: 'deferredInit',
    aside: ['draining', 'shutdown', 'stopped', 'failed'],
    allowed: ['readEarlySettings', 'openTransport', 'watchShutdownTriggers'],
  };
  const lifecycle = charts.find(({ name }) => name === 'lifecycle')?.machine as AnyStateMachine;

  it('invokes and spawns only what reads the early settings, opens the transport and watches for shutdown triggers', () => {
    const exploration = exploreChart(lifecycle, explorations.lifecycle ?? explorationByName);
    expect(findWorkBefore(lifecycle.root, rule)).toEqual([]);
    expect(findActorsBefore(lifecycle, exploration, rule)).toEqual([]);
    // The exploration does see the actors.
    expect(findActorsBefore(lifecycle, exploration, { ...rule, allowed: ['watchShutdownTriggers'] })).toEqual([
      'readEarlySettings lives in "configure", before deferredInit',
      'openTransport lives in "openTransport", before deferredInit',
    ]);
  });

  it('fails the check with work that is invoked or spawned too early', () => {
    const early = chart({
      initial: 'configure',
      states: {
        configure: { invoke: { src: 'audit', id: 'reading' }, always: 'compose' },
        compose: { entry: spawnChild('drift', { id: 'drifting' }), on: { OPEN: 'deferredInit', LEAVE: 'draining' } },
        deferredInit: { invoke: { src: 'audit', id: 'later' }, on: { LEAVE: 'draining' } },
        draining: { invoke: { src: 'audit', id: 'last' }, type: 'final' },
      },
    });
    const earlyRule = { ...rule, aside: ['draining'] };
    expect(findWorkBefore(early.root, earlyRule)).toEqual(['reading is invoked in bad.configure, before deferredInit']);
    expect(findActorsBefore(early, exploreChart(early, explorationByName), earlyRule)).toEqual([
      'drifting lives in "compose", before deferredInit',
    ]);
  });
});

describe('the checks catch', () => {
  it('a state that no transition leads to', () => {
    const bad = chart({ initial: 'a', states: { a: {}, b: { initial: 'c', states: { c: {} }, on: { X: 'a' } } } });
    expect(findDeadStates(bad.root)).toEqual(['no arrow leads to bad.b', 'no arrow leads to bad.b.c']);
  });

  it('a state that is not final and has no way out', () => {
    const bad = chart({
      initial: 'a',
      on: { SKIP: '.b' },
      states: { a: { on: { X: 'b' } }, b: { on: { SKIP: {}, STAY: { actions: () => undefined } } } },
    });
    expect(findDeadlocks(bad.root)).toEqual(['nothing leads out of bad.b']);
  });

  it('a branch behind one without a guard', () => {
    const bad = chart({
      initial: 'a',
      states: {
        a: { on: { X: [{ guard: 'g', target: 'b' }, { target: 'b' }, { target: 'c' }] } },
        b: { always: [{ target: 'c' }, { guard: 'g', target: 'a' }] },
        c: { on: { X: [{ guard: 'g', target: 'a' }, { target: 'b' }] } },
      },
    });
    expect(findShadowedBranches(bad.root)).toEqual([
      'bad.a on X: branch 2 has no guard and hides the rest',
      'bad.b on at once: branch 1 has no guard and hides the rest',
    ]);
  });

  it('work whose failure is not handled', () => {
    const bad = chart({ initial: 'a', states: { a: { invoke: { src: 'audit', id: 'audit', onDone: 'b' } }, b: {} } });
    expect(findUnhandledFailures(bad.root)).toEqual(['audit in bad.a has no onError']);
  });

  it('work without a limit, also if the limit leads nowhere or only sometimes out of the state', () => {
    const invoke = (id: string) => ({ src: 'audit', id, onDone: 'z', onError: 'z' });
    const bad = chart({
      initial: 'none',
      meta: { lifelong: { life: 'why' } },
      states: {
        none: { invoke: invoke('none') },
        stays: { invoke: invoke('stays'), after: { 10: { actions: () => undefined } } },
        sometimes: { invoke: invoke('sometimes'), after: { 10: { guard: 'g', target: 'z' } } },
        limited: { invoke: invoke('limited'), after: { 10: [{ guard: 'g', target: 'z' }, { target: 'none' }] } },
        around: { initial: 'in', after: { 10: 'z' }, states: { in: { invoke: { src: 'audit', id: 'within' } } } },
        inside: { initial: 'in', states: { in: {} }, invoke: invoke('whole'), after: { 10: '.in' } },
        deadline: { invoke: invoke('deadline'), on: { DEADLINE_PASSED: 'z' } },
        lifelong: { invoke: invoke('life') },
        z: { type: 'final' },
      },
    });
    expect(findUnlimitedWork(bad.root)).toEqual(
      ['none', 'stays', 'sometimes', 'inside'].map((state) => {
        return `${state === 'inside' ? 'whole' : state} in bad.${state} has no limit`;
      }),
    );
  });

  it('a state without a description', () => {
    const bad = chart({ description: 'Is.', initial: 'a', states: { a: {}, b: { description: ' ' } } });
    expect(findUndescribedStates(bad.root)).toEqual(['bad.a has no description', 'bad.b has no description']);
  });

  it('a configuration from which guards bar every way to the end', () => {
    const bad = setup({ guards: { never: () => false } }).createMachine({
      initial: 'a',
      states: {
        a: { on: { X: 'b', END: 'end' } },
        b: { on: { Y: 'c', END: { guard: 'never', target: 'end' } } },
        c: { on: { Y: 'b' } },
        end: { type: 'final' },
      },
    });
    expect(checkChart(bad.root).filter((complaint) => !complaint.includes('description'))).toEqual([]);
    expect(findEndless(exploreChart(bad, explorationByName))).toEqual([
      'no end can be reached from ["b","active"]',
      'no end can be reached from ["c","active"]',
    ]);
  });
});

/** A chart that says nothing more than a check looks at. */
function chart(config: Parameters<typeof createMachine>[0]): AnyStateMachine {
  const work = fromPromise(async () => undefined);
  return createMachine({ id: 'bad', ...config } as typeof config).provide({
    actors: { audit: work, drift: work },
    guards: { g: () => true },
  } as never);
}
