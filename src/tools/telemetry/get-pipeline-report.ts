import * as z from 'zod';
import { failureRecordSchema } from '../../domain/failure-record.schema.ts';
import { defineTool } from '../define-tool.ts';
import type { ToolServices } from '../tool-services.ts';

export const getPipelineReport = defineTool({
  name: 'get_pipeline_report',
  title: 'Pipeline report',
  description: `Lists the failed agent runs and background jobs of the last 24 hours, newest first, from all sessions that share the state folder. Use it to find out what failed, why, and what to retry. While the server starts, the call waits until the records are read. With clear: true the failures are forgotten after the report, for every session. Not for the state of this server: use kitchen_status. Not for durations: use get_timing_summary.
Example: {"clear": false}`,
  category: 'Telemetry & Diagnostics',
  tags: ['kitchen'],
  needs: ['audit'],
  effect: 'changes',
  openWorld: false,
  input: z.object({
    clear: z.boolean().default(false).describe('Forget the failures after reporting them.'),
  }),
  output: z.object({
    total_failures: z.number().int().describe('Exact, even if not all are listed.'),
    failures: z.array(failureRecordSchema).describe('The newest 200.'),
    omitted: z.number().int().describe('Failures that are counted but not listed.'),
    skipped: z
      .object({
        lines: z.number().int().describe('Unreadable lines of the session index.'),
        records: z.number().int().describe('Invalid records in session files.'),
        files: z.number().int().describe('Missing, unreadable or damaged session files.'),
      })
      .describe('What could not be read and is not counted.'),
  }),
  async handler({ clear }, { audit }: Pick<ToolServices, 'audit'>, { signal }) {
    const { totalFailures, failures, omitted, skipped } = await audit.report(signal);
    if (clear) await audit.clear();
    return { total_failures: totalFailures, failures: [...failures], omitted, skipped: { ...skipped } };
  },
});
