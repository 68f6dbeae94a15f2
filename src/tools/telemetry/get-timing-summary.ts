import * as z from 'zod';
import { timingTable } from '../../domain/timing-table.ts';
import type { StepReport } from '../../services/state/session-telemetry.ts';
import type { StepTiming } from '../../services/state/timing-log.ts';
import { defineTool } from '../define-tool.ts';
import { fillPage, type Page, pageArguments, restFields } from '../page.ts';
import type { ToolServices } from '../tool-services.ts';
import { leftOutOf, reportArguments, secondsOf, skippedLines, stepName, tableWithNotes } from './step-report.ts';

export const getTimingSummary = defineTool({
  name: 'get_timing_summary',
  title: 'Timing summary',
  description: `Reports how long each recipe step took: the calls of this server since it started, under the step_name that they pass, whether they succeed or fail; and the agent sessions of other servers that ended in the last 24 hours. Waiting for start-up tasks does not count. Use it to find slow steps, or for the report at the end of a pipeline. Not for failures: use get_pipeline_report. Not for tokens: use get_token_summary.
Example: {"format": "table"}`,
  category: 'Telemetry & Diagnostics',
  tags: ['kitchen', 'telemetry'],
  needs: [],
  effect: 'changes',
  openWorld: false,
  input: z.object({ ...reportArguments, ...pageArguments }),
  output: () =>
    z.union([
      z.object({
        steps: z
          .array(
            z.object({
              step_name: stepName(),
              total_seconds: z.number().describe('Running time of all its calls.'),
              invocation_count: z.number().int().describe('Number of its calls.'),
            }),
          )
          .describe('In the order in which they first ran.'),
        total: z.object({ total_seconds: z.number() }).describe('Of all steps, also of those that are left out.'),
        skipped_lines: skippedLines(),
        ...restFields(),
      }),
      z.string().describe('The Markdown table, if format is table; below it what is left out.'),
    ]),
  async handler(
    { clear, format, order_id: orderId, limit, offset },
    { telemetry }: Pick<ToolServices, 'telemetry'>,
    { signal },
  ) {
    const report = await telemetry.timing(orderId, signal);
    const { steps } = report;
    let isWhole = true;
    const answer = fillPage({ limit, offset, length: steps.length, noun: 'step' }, (page) => {
      isWhole = page.nextOffset === null;
      const leftOut = leftOutOf(page, clear);
      return format === 'table'
        ? tableWithNotes(timingTable(steps, page.of(steps)), leftOut, report.skippedLines)
        : summaryOf(report, page, leftOut);
    });
    if (clear && isWhole) await telemetry.clearTiming(orderId);
    return answer;
  },
  // What was cleared is not in another answer.
  adopt: ({ clear }) => ({ state: clear ? 'unknown' : 'again' }),
});

const summaryOf = (
  { steps, skippedLines }: StepReport<StepTiming>,
  { of, nextOffset }: Page,
  leftOut: string | null,
) => ({
  steps: of(steps).map(({ stepName, totalMs, invocations }) => ({
    step_name: stepName,
    total_seconds: secondsOf(totalMs),
    invocation_count: invocations,
  })),
  total: { total_seconds: secondsOf(steps.reduce((sum, { totalMs }) => sum + totalMs, 0)) },
  skipped_lines: skippedLines,
  next_offset: nextOffset,
  left_out: leftOut,
});
