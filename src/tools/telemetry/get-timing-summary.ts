import * as z from 'zod';
import { durationText } from '../../domain/duration-text.ts';
import { markdownTable, markdownText } from '../../domain/markdown-table.ts';
import { printable } from '../../domain/printable-text.ts';
import type { StepTiming, TimingLog } from '../../services/state/timing-log.ts';
import { toolFamily } from '../define-tool.ts';

const defineTimingTool = toolFamily<{ readonly timing: TimingLog }>();

export const getTimingSummary = defineTimingTool({
  name: 'get_timing_summary',
  title: 'Timing summary',
  description:
    'How long the steps took since this server started: every call that names its step (step_name) counts, failed ones too, from the moment it runs. What it waits for beforehand, such as a server that is still starting, does not count.',
  tags: ['kitchen', 'telemetry'],
  needs: [],
  effect: 'changes',
  input: z.object({
    clear: z.boolean().default(false).describe('Forget what is reported.'),
    format: z.enum(['json', 'table']).default('json').describe('table: a Markdown table for people.'),
    order_id: z.string().default('').describe('Only the steps of this order; empty for those of all orders together.'),
  }),
  output: z.union([
    z.object({
      steps: z
        .array(
          z.object({
            step_name: z.string().describe('Without the number of the attempt: plan for plan-2.'),
            total_seconds: z.number(),
            invocation_count: z.number().int(),
          }),
        )
        .describe('In the order in which they first ran.'),
      total: z.object({ total_seconds: z.number() }),
    }),
    z.string().describe('The table, where that is asked.'),
  ]),
  handler({ clear, format, order_id: orderId }, { timing }) {
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
