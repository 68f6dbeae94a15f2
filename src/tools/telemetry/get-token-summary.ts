import * as z from 'zod';
import { sumTokens } from '../../domain/agent-session/sum-tokens.ts';
import { tokenTable } from '../../domain/token-table.ts';
import type { ToolResponses } from '../../services/state/response-log.ts';
import type { StepReport, StepTokens } from '../../services/state/session-telemetry.ts';
import { defineTool } from '../define-tool.ts';
import { fillPage, type Page, pageArguments, restFields } from '../page.ts';
import type { ToolServices } from '../tool-services.ts';
import { responseMetrics, responseMetricsOf } from './response-metrics.ts';
import { leftOutOf, reportArguments, secondsOf, skippedLines, stepName, tableWithNotes } from './step-report.ts';

const tokenFields = () => ({
  input_tokens: z.number().int().describe('Without what was read from the cache.'),
  output_tokens: z.number().int(),
  cache_creation_input_tokens: z.number().int().describe('Written to the cache.'),
  cache_read_input_tokens: z.number().int().describe('Read from the cache.'),
});

export const getTokenSummary = defineTool({
  name: 'get_token_summary',
  title: 'Token summary',
  description: `Reports the tokens that each recipe step used, over the agent sessions of all servers that ended in the last 24 hours. Use it to find expensive steps, or for the report at the end of a pipeline. Sessions that still run are not counted. It also has the size of this server's own answers, by tool. Not for times: use get_timing_summary. Not for failures: use get_pipeline_report.
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
              ...tokenFields(),
              invocation_count: z.number().int().describe('Number of its sessions.'),
              elapsed_seconds: z.number().describe('How long its sessions ran.'),
              wall_clock_seconds: z
                .number()
                .describe('total_seconds from get_timing_summary; elapsed_seconds if the step is not there.'),
            }),
          )
          .describe('In the order in which they first ended.'),
        total: z
          .object({ ...tokenFields(), total_elapsed_seconds: z.number() })
          .describe('Of all steps, also of those that are left out.'),
        mcp_responses: responseMetrics(),
        skipped_lines: skippedLines(),
        ...restFields(),
      }),
      z.string().describe('The Markdown table, if format is table; below it what is left out.'),
    ]),
  async handler(
    { clear, format, order_id: orderId, limit, offset },
    { telemetry, responses }: Pick<ToolServices, 'telemetry' | 'responses'>,
    { signal },
  ) {
    const report = await telemetry.tokens(orderId, signal);
    const { steps } = report;
    let isWhole = true;
    const answer = fillPage({ limit, offset, length: steps.length, noun: 'step' }, (page) => {
      isWhole = page.nextOffset === null;
      const leftOut = leftOutOf(page, clear);
      return format === 'table'
        ? tableWithNotes(tokenTable(steps, page.of(steps)), leftOut, report.skippedLines)
        : summaryOf(report, responses.report(), page, leftOut);
    });
    if (clear && isWhole) {
      await telemetry.clearTokens(orderId);
      if (orderId === '') responses.clear();
    }
    return answer;
  },
  // What was cleared is not in another answer.
  adopt: ({ clear }) => ({ state: clear ? 'unknown' : 'again' }),
});

const summaryOf = (
  { steps, skippedLines }: StepReport<StepTokens>,
  responses: readonly ToolResponses[],
  { of, nextOffset }: Page,
  leftOut: string | null,
) => ({
  steps: of(steps).map(({ stepName, tokens, invocations, elapsedMs, wallClockMs }) => ({
    step_name: stepName,
    ...tokens,
    invocation_count: invocations,
    elapsed_seconds: secondsOf(elapsedMs),
    wall_clock_seconds: secondsOf(wallClockMs),
  })),
  total: {
    ...sumTokens(steps.map(({ tokens }) => tokens)),
    total_elapsed_seconds: secondsOf(steps.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0)),
  },
  mcp_responses: responseMetricsOf(responses),
  skipped_lines: skippedLines,
  next_offset: nextOffset,
  left_out: leftOut,
});
