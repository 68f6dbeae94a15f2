import { expect, it } from 'vitest';
import type { QuotaRecord } from '../../../src/domain/agent-session/quota-event.ts';
import { getQuotaEvents } from '../../../src/tools/telemetry/get-quota-events.ts';
import { callTool } from '../../doubles/tool-calls.ts';

const event = (window_name: string): QuotaRecord => ({
  ts: '2026-11-29T10:00:00Z',
  event: 'rejected',
  window_name,
  utilization: 100,
  resets_at: '2026-11-29T15:00:00Z',
  session_id: 's-1',
  skill_command: '/make-plan add a box',
});
const quotaEvents = { read: async () => [event('five_hour'), event('seven_day')] };

it('get_quota_events lists what is kept, and counts it', async () => {
  expect(await callTool(getQuotaEvents, {}, { quotaEvents })).toEqual({
    events: [event('five_hour'), event('seven_day')],
    total_count: 2,
    next_offset: null,
    left_out: null,
  });
});

it('get_quota_events returns no more than it is asked for, and says how to get the rest', async () => {
  expect(await callTool(getQuotaEvents, { n: 1 }, { quotaEvents })).toMatchObject({
    events: [{ window_name: 'five_hour' }],
    total_count: 2,
    next_offset: 1,
  });
  expect(await callTool(getQuotaEvents, { n: 1, offset: 1 }, { quotaEvents })).toMatchObject({
    events: [{ window_name: 'seven_day' }],
    next_offset: null,
  });
});
