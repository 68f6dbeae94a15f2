import * as z from 'zod';
import { durationText } from '../../domain/duration-text.ts';
import { markdownTable, markdownText } from '../../domain/markdown-table.ts';
import { printable } from '../../domain/printable-text.ts';
import type { StepTiming } from '../../services/state/timing-log.ts';
import { defineTool } from '../define-tool.ts';
import { fillPage, type Page, pageArguments, restFields } from '../page.ts';
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
    clear: z
      .boolean()
      .default(false)
      .describe('Forget the reported times afterwards; nothing is forgotten while steps are left out.'),
    format: z.enum(['json', 'table']).default('json').describe('json, or table for a Markdown table to show people.'),
    order_id: z.string().default('').describe('Report only this order. This version has no orders: omit it.'),
    ...pageArguments,
  }),
  output: () =>
    z.union([
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
        total: z.object({ total_seconds: z.number() }).describe('Of all steps, also of those that are left out.'),
        ...restFields(),
      }),
      z.string().describe('The Markdown table, if format is table; below it what is left out.'),
    ]),
  handler({ clear, format, order_id: orderId, limit, offset }, { timing }: Pick<ToolServices, 'timing'>) {
    const steps = timing.report(orderId);
    let isWhole = true;
    const answer = fillPage({ limit, offset, length: steps.length, noun: 'step' }, (page) => {
      isWhole = page.nextOffset === null;
      const leftOut = isWhole || !clear ? page.leftOut : `${page.leftOut} Nothing is forgotten yet.`;
      return format === 'table' ? tableOf(steps, page, leftOut) : summaryOf(steps, page, leftOut);
    });
    if (clear && isWhole) timing.clear(orderId);
    return answer;
  },
});

const totalMsOf = (steps: readonly StepTiming[]) => steps.reduce((sum, { totalMs }) => sum + totalMs, 0);

const secondsOf = (ms: number) => Math.round(ms) / 1_000;

const summaryOf = (steps: readonly StepTiming[], { of, nextOffset }: Page, leftOut: string | null) => ({
  steps: of(steps).map(({ stepName, totalMs, invocations }) => ({
    step_name: stepName,
    total_seconds: secondsOf(totalMs),
    invocation_count: invocations,
  })),
  total: { total_seconds: secondsOf(totalMsOf(steps)) },
  next_offset: nextOffset,
  left_out: leftOut,
});

function tableOf(steps: readonly StepTiming[], { of }: Page, leftOut: string | null): string {
  const invocations = steps.reduce((sum, step) => sum + step.invocations, 0);
  const table = markdownTable(
    ['Step', 'Duration', 'Invocations'],
    [
      ...of(steps).map((step) => [
        markdownText(printable(step.stepName)),
        durationText(step.totalMs),
        String(step.invocations),
      ]),
      ...[['Total', durationText(totalMsOf(steps)), String(invocations)].map((text) => `**${text}**`)],
    ],
  );
  return leftOut === null ? table : `${table}\n${leftOut}\n`;
}
