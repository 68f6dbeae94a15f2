import { describe, expect, it } from 'vitest';
import { getTimingSummary } from '../../../src/tools/telemetry/get-timing-summary.ts';
import { callTool } from '../../doubles/tool-calls.ts';

const plan = { stepName: 'plan', totalMs: 3_660_200, invocations: 2 };
const tests = { stepName: 'run | *all*\n`tests` \\', totalMs: 1_234.5678, invocations: 1 };

/** Steps of two orders; `cleared` holds the orders that were cleared. */
function aTelemetry(skippedLines = 0) {
  const cleared: string[] = [];
  const steps = (orderId: string) => (orderId === 'a' ? [{ ...plan, totalMs: 61_200, invocations: 1 }] : [plan, tests]);
  const telemetry = {
    timing: async (orderId: string) => ({ steps: steps(orderId), skippedLines }),
    tokens: () => Promise.reject(new Error('nobody asks for tokens')),
    clearTokens: () => Promise.reject(new Error('tokens stay')),
    clearTiming: async (orderId: string) => void cleared.push(orderId),
  };
  return { telemetry, cleared };
}

const whole = { skipped_lines: 0, next_offset: null, left_out: null };
const ask = (
  args: Parameters<typeof callTool<never, typeof getTimingSummary.input, unknown>>[1],
  from = aTelemetry(),
) => callTool(getTimingSummary, args, from);

describe('The timing summary', () => {
  it('has the seconds and runs of each step, and the total', async () => {
    expect(await ask({})).toEqual({
      steps: [
        { step_name: 'plan', total_seconds: 3_660.2, invocation_count: 2 },
        { step_name: 'run | *all*\n`tests` \\', total_seconds: 1.235, invocation_count: 1 },
      ],
      total: { total_seconds: 3_661.435 },
      ...whole,
    });
  });

  it('has only the steps of the order that is asked for', async () => {
    expect(await ask({ order_id: 'a' })).toEqual({
      steps: [{ step_name: 'plan', total_seconds: 61.2, invocation_count: 1 }],
      total: { total_seconds: 61.2 },
      ...whole,
    });
  });

  it('is a Markdown table on request, which no step name can break', async () => {
    expect(await ask({ format: 'table' })).toBe(
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

  it('says how many lines it could not read', async () => {
    expect(await ask({}, aTelemetry(2))).toMatchObject({ skipped_lines: 2, left_out: null });
    expect(await ask({ format: 'table' }, aTelemetry(1))).toMatch(
      /\n\n1 line of the session index could not be read and is not counted\.\n$/,
    );
  });

  it('with clear forgets what it reported, and nothing without', async () => {
    const from = aTelemetry();
    await ask({}, from);
    await ask({ clear: true, order_id: 'a' }, from);
    await ask({ clear: true }, from);
    expect(from.cleared).toEqual(['a', '']);
  });

  it('in parts says where the next one begins, counts all steps in the total, and clears only with the last one', async () => {
    const from = aTelemetry();
    expect(await ask({ limit: 1, clear: true }, from)).toEqual({
      steps: [expect.objectContaining({ step_name: 'plan' })],
      total: { total_seconds: 3_661.435 },
      skipped_lines: 0,
      next_offset: 1,
      left_out: 'Left out: 1 step. Call again with "offset": 1 to get the rest. Nothing is forgotten yet.',
    });
    const table = String(await ask({ limit: 1, format: 'table' }, from));
    expect(table.split('\n').slice(-5)).toEqual([
      '| plan | 1 h 1 min | 2 |',
      '| **Total** | **1 h 1 min** | **3** |',
      '',
      'Left out: 1 step. Call again with "offset": 1 to get the rest.',
      '',
    ]);
    expect(from.cleared).toEqual([]);
    expect(await ask({ offset: 1, clear: true }, from)).toMatchObject({ steps: [{ invocation_count: 1 }], ...whole });
    expect(from.cleared).toEqual(['']);
  });
});
