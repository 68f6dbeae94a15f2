import * as z from 'zod';
import { countText } from '../../domain/count-text.ts';
import { failureRecordSchema } from '../../domain/failure-record.schema.ts';
import { stateFolderAt } from '../../domain/state-folder.ts';
import { defineTool } from '../define-tool.ts';
import { fillPage, pageArguments, restFields } from '../page.ts';
import type { ToolServices } from '../tool-services.ts';

export const getPipelineReport = defineTool({
  name: 'get_pipeline_report',
  title: 'Pipeline report',
  description: `Lists the failed agent runs and background jobs of the last 24 hours, newest first, from all sessions that share the state folder. Use it to find out what failed, why, and what to retry. While the server starts, the call waits until the records are read. A long report comes in parts: see left_out. With clear: true the failures are forgotten after the last part, for every session. Not for the state of this server: use kitchen_status. Not for durations: use get_timing_summary.
Example: {"clear": false}`,
  category: 'Telemetry & Diagnostics',
  tags: ['kitchen'],
  needs: ['audit'],
  effect: 'changes',
  openWorld: false,
  input: z.object({
    clear: z
      .boolean()
      .default(false)
      .describe('Forget all failures, but only with the last part of the report (next_offset: null).'),
    ...pageArguments,
  }),
  output: () =>
    z.object({
      total_failures: z.number().int().describe('Exact, even if not all are listed.'),
      failures: z.array(failureRecordSchema).describe('Newest first.'),
      omitted: z.number().int().describe('Failures that are counted but not in this answer.'),
      cleared: z.boolean().describe('Whether the failures are forgotten now.'),
      skipped: z
        .object({
          lines: z.number().int().describe('Unreadable lines of the session index.'),
          records: z.number().int().describe('Invalid records in session files.'),
          files: z.number().int().describe('Missing, unreadable or damaged session files.'),
        })
        .describe('What could not be read and is not counted.'),
      ...restFields(),
    }),
  async handler({ clear, limit, offset }, { audit, status }: Pick<ToolServices, 'audit' | 'status'>, { signal }) {
    const { totalFailures, failures, omitted, skipped } = await audit.report(signal);
    const answer = fillPage(
      { limit, offset, length: failures.length, noun: 'failure' },
      ({ of, nextOffset, leftOut }) => {
        const listed = of(failures);
        const isLast = nextOffset === null;
        const notes = [
          leftOut,
          isLast || !clear ? null : 'Nothing is forgotten yet.',
          omitted === 0 || !isLast ? null : onlyCounted(omitted, status.stateDir),
        ].filter((note) => note !== null);
        return {
          total_failures: totalFailures,
          failures: listed,
          omitted: totalFailures - listed.length,
          cleared: clear && isLast,
          skipped: { ...skipped },
          next_offset: nextOffset,
          left_out: notes.length === 0 ? null : notes.join(' '),
        };
      },
    );
    if (answer.cleared) await audit.clear();
    return answer;
  },
  // What was cleared is not in another answer.
  adopt: ({ clear }) => ({ state: clear ? 'unknown' : 'again' }),
});

const onlyCounted = (omitted: number, stateDir: string) =>
  `${countText(omitted, 'older failure')} cannot be listed here: the records of agent runs are in ${stateFolderAt(stateDir).sessionsDir}/*/audit_log.json.`;
