import { describe, expect, it } from 'vitest';
import { createResponseLog } from '../../../src/services/state/response-log.ts';
import { getTokenSummary } from '../../../src/tools/telemetry/get-token-summary.ts';
import { callTool } from '../../doubles/tool-calls.ts';

const plan = {
  stepName: 'plan',
  tokens: {
    input_tokens: 1_250,
    output_tokens: 840,
    cache_creation_input_tokens: 62_000,
    cache_read_input_tokens: 1_950_000,
  },
  invocations: 2,
  elapsedMs: 61_200,
  wallClockMs: 75_000,
};
const build = {
  stepName: 'build',
  tokens: { input_tokens: 50, output_tokens: 60, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 },
  invocations: 1,
  elapsedMs: 2_000,
  wallClockMs: 2_000,
};

/** `cleared` holds the orders that were cleared. */
function services() {
  const cleared: string[] = [];
  const responses = createResponseLog();
  responses.add('run_cmd', 1_001);
  responses.add('run_cmd', 1_000);
  const telemetry = {
    tokens: async (orderId: string) => ({ steps: orderId === 'a' ? [build] : [plan, build], skippedLines: 1 }),
    timing: () => Promise.reject(new Error('nobody asks for times')),
    clearTokens: async (orderId: string) => void cleared.push(orderId),
    clearTiming: () => Promise.reject(new Error('times stay')),
  };
  return { telemetry, responses, cleared };
}

const response = {
  steps: [{ tool_name: 'run_cmd', response_bytes: 2_001, estimated_response_tokens: 500, invocation_count: 2 }],
  total: { total_response_bytes: 2_001, total_estimated_response_tokens: 500, total_invocations: 2 },
};

describe('The token summary', () => {
  it('has tokens, sessions and times of each step, their total, and the size of the answers', async () => {
    expect(await callTool(getTokenSummary, {}, services())).toEqual({
      steps: [
        {
          step_name: 'plan',
          input_tokens: 1_250,
          output_tokens: 840,
          cache_creation_input_tokens: 62_000,
          cache_read_input_tokens: 1_950_000,
          invocation_count: 2,
          elapsed_seconds: 61.2,
          wall_clock_seconds: 75,
        },
        expect.objectContaining({ step_name: 'build' }),
      ],
      total: {
        input_tokens: 1_300,
        output_tokens: 900,
        cache_creation_input_tokens: 62_000,
        cache_read_input_tokens: 1_950_000,
        total_elapsed_seconds: 63.2,
      },
      mcp_responses: response,
      skipped_lines: 1,
      next_offset: null,
      left_out: null,
    });
  });

  it('has only the steps of the order that is asked for', async () => {
    expect(await callTool(getTokenSummary, { order_id: 'a' }, services())).toMatchObject({
      steps: [{ step_name: 'build' }],
      total: { input_tokens: 50 },
    });
  });

  it('is a Markdown table on request', async () => {
    expect(await callTool(getTokenSummary, { format: 'table' }, services())).toBe(
      [
        '| Step | uncached | output | cache_read | cache_write | count | time |',
        '| --- | --- | --- | --- | --- | --- | --- |',
        '| plan | 1.3k | 840 | 1.9M | 62.0k | 2 | 1 min 15 s |',
        '| build | 50 | 60 | 0 | 0 | 1 | 2.0 s |',
        '| **Total** | **1.3k** | **900** | **1.9M** | **62.0k** | **3** | **1 min 17 s** |',
        '',
        '1 line of the session index could not be read and is not counted.',
        '',
      ].join('\n'),
    );
  });

  it('with clear forgets what it reported after the last part, the answers only with all orders', async () => {
    const from = services();
    await callTool(getTokenSummary, { clear: true, limit: 1 }, from);
    expect(from.cleared).toEqual([]);
    await callTool(getTokenSummary, { clear: true, order_id: 'a' }, from);
    expect([from.cleared, from.responses.report().length]).toEqual([['a'], 1]);
    await callTool(getTokenSummary, { clear: true, offset: 1 }, from);
    expect([from.cleared, from.responses.report()]).toEqual([['a', ''], []]);
  });
});
