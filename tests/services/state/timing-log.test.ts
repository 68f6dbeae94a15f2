import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTimingLog } from '../../../src/services/state/timing-log.ts';

const step = (stepName: string, elapsedMs = 1_000, orderId = '') => ({ stepName, orderId, elapsedMs });

describe('The timing log', () => {
  it('counts a repeated step with a number as the first one, in the order of the first runs', () => {
    const log = createTimingLog();
    for (const name of ['plan', 'build', 'plan-2', 'plan-31', 'build-a', 'plan-2-3']) log.add(step(name));
    expect(log.report('')).toEqual([
      { stepName: 'plan', totalMs: 3_000, invocations: 3 },
      { stepName: 'build', totalMs: 1_000, invocations: 1 },
      { stepName: 'build-a', totalMs: 1_000, invocations: 1 },
      { stepName: 'plan-2', totalMs: 1_000, invocations: 1 },
    ]);
  });

  it('ignores a step without a name, and keeps one whose name is only a number', () => {
    const log = createTimingLog();
    for (const name of ['', '   ', '-7']) log.add(step(name));
    expect(log.report('').map(({ stepName }) => stepName)).toEqual(['-7']);
  });

  it('counts a negative time as zero', () => {
    const log = createTimingLog();
    for (const ms of [-5, 300, Number.NEGATIVE_INFINITY]) log.add(step('plan', ms));
    expect(log.report('')).toEqual([{ stepName: 'plan', totalMs: 300, invocations: 3 }]);
  });

  it('reports the steps of one order, or of all', () => {
    const log = createTimingLog();
    for (const order of ['a', 'b', '']) log.add(step('plan', 1_000, order));
    expect(log.report('a')).toEqual([{ stepName: 'plan', totalMs: 1_000, invocations: 1 }]);
    expect(log.report('')).toEqual([{ stepName: 'plan', totalMs: 3_000, invocations: 3 }]);
    expect(log.report('c')).toEqual([]);
  });

  it('clears the steps of one order, or all', () => {
    const log = createTimingLog();
    for (const order of ['a', 'b']) log.add(step('plan', 1_000, order));
    log.clear('a');
    expect(log.report('')).toEqual([{ stepName: 'plan', totalMs: 1_000, invocations: 1 }]);
    log.clear('');
    expect(log.report('')).toEqual([]);
  });

  it('stays bounded with any number of steps and any length of names: the oldest is dropped', () => {
    const log = createTimingLog(3);
    for (const name of ['a', 'b', 'c', 'a', 'x'.repeat(10_000)]) log.add(step(name));
    expect(log.report('').map(({ stepName }) => stepName)).toEqual(['b', 'c', 'x'.repeat(200)]);
  });

  it('adds up to the same with any orders and names', () => {
    const aStep = fc.record({
      stepName: fc.constantFrom('plan', 'plan-2', 'a-1-2', '__proto__', '-1', 'x\n'),
      orderId: fc.constantFrom('', 'a', '["a'),
      elapsedMs: fc.integer({ min: 0, max: 10_000 }),
    });
    fc.assert(
      fc.property(fc.array(aStep), (steps) => {
        const log = createTimingLog();
        for (const one of steps) log.add(one);
        const report = log.report('');
        const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
        expect(sum(report.map(({ totalMs }) => totalMs))).toBe(sum(steps.map(({ elapsedMs }) => elapsedMs)));
        expect(sum(report.map(({ invocations }) => invocations))).toBe(steps.length);
        expect(new Set(report.map(({ stepName }) => stepName)).size).toBe(report.length);
      }),
    );
  });
});
