import * as z from 'zod';
import { failureRecordSchema } from '../../domain/failure-record.schema.ts';
import type { Audit } from '../../services/state/audit/audit.ts';
import { toolFamily } from '../define-tool.ts';

const defineTelemetryTool = toolFamily<{ readonly audit: Audit }>();

export const getPipelineReport = defineTelemetryTool({
  name: 'get_pipeline_report',
  title: 'Pipeline report',
  description: 'The failures of the last 24 hours, newest first.',
  tags: ['kitchen'],
  needs: ['audit'],
  effect: 'changes',
  input: z.object({ clear: z.boolean().default(false).describe('Forget the failures after reporting them.') }),
  output: z.object({
    total_failures: z.number().int().describe('Exact, also where not all are listed.'),
    failures: z.array(failureRecordSchema).describe('The newest 200.'),
    omitted: z.number().int().describe('Failures that are counted but not listed.'),
    skipped: z
      .object({ lines: z.number().int(), records: z.number().int(), files: z.number().int() })
      .describe('What could not be read and is not counted.'),
  }),
  async handler({ clear }, { audit }, { signal }) {
    const { totalFailures, failures, omitted, skipped } = await audit.report(signal);
    if (clear) await audit.clear();
    return { total_failures: totalFailures, failures: [...failures], omitted, skipped: { ...skipped } };
  },
});
