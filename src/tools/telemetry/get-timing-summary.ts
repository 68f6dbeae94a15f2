import * as z from 'zod';
import { durationText } from '../../domain/duration-text.ts';
import { markdownTable, markdownText } from '../../domain/markdown-table.ts';
import { printable } from '../../domain/printable-text.ts';
import type { StepTiming } from '../../services/state/timing-log.ts';
import { defineTool } from '../define-tool.ts';
import type { ToolServices } from '../tool-services.ts';

export const getTimingSummary = defineTool({
  name: 'get_timing_summary',
  title: 'Timing summary',
  description: `Reports how long each recipe step took since this server started. Calls count under the step_name that they pass, whether they succeed or fail; only running time counts, not waiting for start-up tasks. Use it to find slow steps, or for the report at the end of a pipeline. Not for failures: use get_pipeline_report. Times are kept in memory: a restarted server begins at zero.
Example: {"format": "table"}`,
  category: 'Telemetry & Diagnostics',
  tags: ['kitchen', 'telemetry'],
  needs: [],
  effect: 'changes',
  openWorld: false,
  input: z.object({
    clear: z.boolean().default(false).describe('Forget the reported times afterwards.'),
    format: z.enum(['json', 'table']).default('json').describe('json, or table for a Markdown table to show people.'),
    order_id: z.string().default('').describe('Report only this order; empty reports all orders together.'),
  }),
  output: z.union([
    z.object({
      steps: z
        .array(
          z.object({
            step_name: z.string().describe('Without the attempt number: plan-2 counts as plan.'),
            total_seconds: z.number().describe('Running time of all its calls.'),
            invocation_count: z.number().int().describe('Number of its calls.'),
          }),
        )
        .describe('In the order in which they first ran.'),
      total: z.object({ total_seconds: z.number() }),
    }),
    z.string().describe('The Markdown table, if format is table.'),
  ]),
  handler({ clear, format, order_id: orderId }, { timing }: Pick<ToolServices, 'timing'>) {
    const steps = timing.report(orderId);
    if (clear) timing.clear(orderId);
    return format === 'table' ? tableOf(steps) : summaryOf(steps);
  },
});

const totalMsOf = (steps: readonly StepTiming[]) => steps.reduce((sum, { totalMs }) => sum + totalMs, 0);

const secondsOf = (ms: number) => Math.round(ms) / 1_000;

const summaryOf = (steps: readonly StepTiming[]) => ({
  steps: steps.map(({ stepName, totalMs, invocations }) => ({
    step_name: stepName,
    total_seconds: secondsOf(totalMs),
    invocation_count: invocations,
  })),
  total: { total_seconds: secondsOf(totalMsOf(steps)) },
});

function tableOf(steps: readonly StepTiming[]): string {
  const invocations = steps.reduce((sum, step) => sum + step.invocations, 0);
  return markdownTable(
    ['Step', 'Duration', 'Invocations'],
    [
      ...steps.map((step) => [
        markdownText(printable(step.stepName)),
        durationText(step.totalMs),
        String(step.invocations),
      ]),
      ...[['Total', durationText(totalMsOf(steps)), String(invocations)].map((text) => `**${text}**`)],
    ],
  );
}
