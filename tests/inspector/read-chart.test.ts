import { describe, expect, it } from 'vitest';
import { type AnyStateMachine, assign, type createActor, createMachine, fromPromise } from 'xstate';
import { type ChartProblem, readChart } from '../../inspector/model/read-chart.ts';
import { drawKnownCharts } from '../../scripts/charts/draw-known-charts.mts';
import { findCharts } from '../../scripts/docs/charts.mts';
import { createInspectionMessages } from '../../src/app/inspection-messages.ts';
import type { ActorMessage } from '../../src/domain/inspection.ts';
import { type Chart, hashChart } from '../../src/drawing/chart.ts';
import { describeChart } from '../../src/drawing/describe-chart.ts';

/** The configuration of a machine in its form on the wire. */
function definitionOf(machine: AnyStateMachine): string {
  const messages = createInspectionMessages('part', { redact: { text: (text) => text }, secrets: new Set() });
  const actor = { id: 'it', sessionId: 'x:0', logic: machine, getSnapshot: () => ({ status: 'active' }) };
  const received = messages.ofActor(actor as unknown as ReturnType<typeof createActor>, null);
  return (JSON.parse(received) as ActorMessage).definition;
}

const isProblem = (read: Chart | ChartProblem): read is ChartProblem => 'problem' in read;
const problemOf = (definition: string) => {
  const read = readChart(definition);
  return isProblem(read) ? read.problem : null;
};

const known = await drawKnownCharts();

describe.each(await findCharts())('the $name chart, read from the wire', ({ name, machine }) => {
  it('has the hash of the known layout', () => {
    const chart = readChart(definitionOf(machine));
    expect(isProblem(chart) ? chart.problem : hashChart(chart)).toBe(known.find((drawn) => drawn.name === name)?.hash);
  });
});

describe('a chart that is read from the wire', () => {
  it('has the names of functions', () => {
    const machine = createMachine({
      id: 'written',
      context: { secretOfNobody: 1 },
      initial: 'a',
      states: {
        a: {
          entry: [function prepare() {}, { type: 'announce', params: { to: 'all' } }],
          exit: assign({ secretOfNobody: 2 }),
          invoke: [
            {
              id: 'byName',
              src: 'work',
              onDone: {
                target: 'b',
                guard: function isEnough() {
                  return true;
                },
              },
            },
            { id: 'byLogic', src: fromPromise(async () => 1), onError: 'b' },
          ],
          on: { GO: [{ target: 'b', guard: { type: 'mayGo', params: { x: 1 } }, actions: () => {} }, '.'].slice(0, 1) },
          after: { 100: 'b', someDelay: { target: 'b', reenter: true } },
        },
        b: {
          type: 'parallel',
          states: { on: { always: [{ guard: () => true, target: '#written.c' }] }, states: {} },
          onDone: 'c',
        },
        c: { type: 'history', history: 'deep', target: 'a' },
      },
    } as object);
    expect(readChart(definitionOf(machine))).toEqual(describeChart(machine.root));
  });

  it('marks a description that was truncated', () => {
    const machine = createMachine({ id: 'long', description: 'word '.repeat(1_000) });
    expect(readChart(definitionOf(machine))).toMatchObject({ description: expect.stringMatching(/word.*…$/) });
  });

  it('is drawn even if its context was truncated', () => {
    const machine = createMachine({
      id: 'heavy',
      context: { list: Array.from({ length: 5_000 }, (_, at) => at), deep: nested(60) },
      initial: 'a',
      states: { a: {} },
    } as object);
    expect(readChart(definitionOf(machine))).toEqual(describeChart(machine.root));
  });
});

describe('a definition that cannot be read leads to a sentence:', () => {
  it.each([
    ['text that is not JSON', '{"id": "a"', 'its definition is not JSON'],
    ['JSON that is no machine', '"a"', 'its definition has another value where an object is required'],
    ['nothing', '', 'its definition is not JSON'],
    [
      'null for a state',
      '{"id":"a","states":{"b":null}}',
      'its definition has another value where an object is required',
    ],
    [
      'an arrow to a state that is not there',
      '{"id":"a","initial":"b","states":{"b":{"on":{"GO":"c"}}}}',
      "XState rejects its definition with \"Invalid transition definition for state node 'a.b': Child state 'c'",
    ],
    [
      'a target that was taken out as a secret',
      '{"id":"a","on":{"GO":".[redacted]"},"initial":"b","states":{"b":{}}}',
      '[redacted]',
    ],
    [
      'states that were left out',
      '{"id":"a","states":{"$type":"Object","size":3,"entries":{"b":{}}}}',
      'has only 1 of its 3 entries',
    ],
    [
      'a list that was cut',
      '{"id":"a","invoke":{"$type":"Array","length":9,"values":[]}}',
      'a list in its definition was truncated',
    ],
    [
      'states too deep for the wire',
      '{"id":"a","states":{"b":{"$type":"Deep"}}}',
      'its innermost states were truncated',
    ],
    ['states too deep for anybody', `${'{"states":{"a":'.repeat(20_000)}{}${'}}'.repeat(20_000)}`, 'nested too deeply'],
  ])('%s', (_, definition, reason) => {
    expect(problemOf(definition)).toMatch(/^This chart cannot be drawn: .*\.$/);
    expect(problemOf(definition)).toContain(reason);
  });
});

const nested = (depth: number): object => (depth === 0 ? {} : { in: nested(depth - 1) });
