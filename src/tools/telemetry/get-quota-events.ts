import * as z from 'zod';
import { defineTool } from '../define-tool.ts';
import { fillPage, offsetArgument, restFields } from '../page.ts';
import type { ToolServices } from '../tool-services.ts';

export const getQuotaEvents = defineTool({
  name: 'get_quota_events',
  title: 'Quota events',
  description: `Lists what the API reported to agent sessions about rate limits, newest first, from all servers that share the state folder: which limit, how much of it is used, and when it resets. Use it to see why sessions pause, or whether to start another one now. The last 500 events are kept. Not for failed sessions: use get_pipeline_report.
Example: {"n": 10}`,
  category: 'Telemetry & Diagnostics',
  tags: ['kitchen', 'telemetry'],
  needs: [],
  effect: 'reads',
  openWorld: false,
  input: z.object({
    n: z
      .int()
      .min(1)
      .max(1_000)
      .default(50)
      .describe('How many events to return at most. Fewer are returned if the answer would exceed 48 KiB.'),
    offset: offsetArgument,
  }),
  output: () =>
    z.object({
      events: z
        .array(
          z.object({
            ts: z.string().describe('When, in ISO 8601.'),
            event: z
              .enum(['allowed', 'warning', 'rejected'])
              .describe(
                'rejected: requests fail until the reset. warning: soon they will. allowed: they are accepted.',
              ),
            window_name: z.string().describe('Which limit, such as five_hour; empty if it was not named.'),
            utilization: z.number().nullable().describe('Used share in percent; null if it was not named.'),
            resets_at: z.string().nullable().describe('When requests are accepted again; null if it was not named.'),
            session_id: z.string().describe('Empty if the agent had not named it yet.'),
            skill_command: z.string().describe('What the session was asked for.'),
          }),
        )
        .describe('Newest first.'),
      total_count: z.number().int().describe('All that are kept.'),
      ...restFields(),
    }),
  async handler({ n, offset }, { quotaEvents }: Pick<ToolServices, 'quotaEvents'>, { signal }) {
    const events = await quotaEvents.read(signal);
    return fillPage({ limit: n, offset, length: events.length, noun: 'event' }, ({ of, nextOffset, leftOut }) => ({
      events: of(events).map((event) => ({ ...event })),
      total_count: events.length,
      next_offset: nextOffset,
      left_out: leftOut,
    }));
  },
});
