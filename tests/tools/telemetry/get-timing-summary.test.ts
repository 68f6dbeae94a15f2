import { describe, expect, it } from 'vitest';
import { createTimingLog } from '../../../src/services/state/timing-log.ts';
import { getTimingSummary } from '../../../src/tools/telemetry/get-timing-summary.ts';

function aTiming() {
  const timing = createTimingLog();
  timing.add({ stepName: 'plan', orderId: 'a', elapsedMs: 61_200 });
  timing.add({ stepName: 'plan-2', orderId: 'b', elapsedMs: 3_599_000 });
  timing.add({ stepName: 'run | *all*\n`tests` \\', orderId: 'b', elapsedMs: 1_234.5678 });
  return timing;
}

const whole = { next_offset: null, left_out: null };
const scope = { signal: new AbortController().signal, report: () => undefined };
const ask = (args: object, timing = aTiming()) =>
  getTimingSummary.handler(getTimingSummary.input.parse(args), { timing }, scope);

describe('The timing summary', () => {
  it('has the seconds and runs of each step, and the total', () => {
    expect(ask({})).toEqual({
      steps: [
        { step_name: 'plan', total_seconds: 3_660.2, invocation_count: 2 },
        { step_name: 'run | *all*\n`tests` \\', total_seconds: 1.235, invocation_count: 1 },
      ],
      total: { total_seconds: 3_661.435 },
      ...whole,
    });
    expect(getTimingSummary.output().safeParse(ask({})).success).toBe(true);
  });

  it('has only the steps of the order that is asked for', () => {
    expect(ask({ order_id: 'a' })).toEqual({
      steps: [{ step_name: 'plan', total_seconds: 61.2, invocation_count: 1 }],
      total: { total_seconds: 61.2 },
      ...whole,
    });
  });

  it('is empty if nothing ran', () => {
    expect(ask({}, createTimingLog())).toEqual({ steps: [], total: { total_seconds: 0 }, ...whole });
  });

  it('is a Markdown table on request, which no step name can break', () => {
    expect(ask({ format: 'table' })).toBe(
      [
        '| Step | Duration | Invocations |',
        '| --- | --- | --- |',
        '| plan | 1 h 1 min | 2 |',
        '| run \\| \\*all\\*\\\\n\\`tests\\` \\\\ | 1.2 s | 1 |',
        '| **Total** | **1 h 1 min** | **3** |',
        '',
      ].join('\n'),
    );
  });

  it('with clear forgets what it reported, and nothing else', () => {
    const timing = aTiming();
    ask({ clear: true, order_id: 'b' }, timing);
    expect(ask({}, timing)).toMatchObject({ total: { total_seconds: 61.2 } });
    expect(ask({ clear: true }, timing)).toMatchObject({ total: { total_seconds: 61.2 } });
    expect(ask({}, timing)).toMatchObject({ steps: [] });
  });

  it('in parts says where the next one begins, counts all steps in the total, and clears only with the last one', () => {
    const timing = aTiming();
    expect(ask({ limit: 1, clear: true }, timing)).toEqual({
      steps: [expect.objectContaining({ step_name: 'plan' })],
      total: { total_seconds: 3_661.435 },
      next_offset: 1,
      left_out: 'Left out: 1 step. Call again with "offset": 1 to get the rest. Nothing is forgotten yet.',
    });
    const table = String(ask({ limit: 1, format: 'table' }, timing));
    expect(table.split('\n').slice(-5)).toEqual([
      '| plan | 1 h 1 min | 2 |',
      '| **Total** | **1 h 1 min** | **3** |',
      '',
      'Left out: 1 step. Call again with "offset": 1 to get the rest.',
      '',
    ]);
    expect(ask({ offset: 1, clear: true }, timing)).toMatchObject({ steps: [{ invocation_count: 1 }], ...whole });
    expect(ask({}, timing)).toMatchObject({ steps: [] });
  });
});
