import { expect, it } from 'vitest';
import { getPipelineReport } from '../../../src/tools/telemetry/get-pipeline-report.ts';
import { callTool } from '../../doubles/tool-calls.ts';

const failure = {
  timestamp: '2026-11-29T10:00:00Z',
  skill_command: '/fix',
  exit_code: 1,
  subtype: 'error',
  needs_retry: true,
  retry_reason: 'crashed',
  stderr: '',
};

it.each([
  [false, ['report']],
  [true, ['report', 'clear']],
])('get_pipeline_report with clear %j reports first, and clears only if asked', async (clear, wanted) => {
  const done: string[] = [];
  const audit = {
    load: async () => undefined,
    record: () => undefined,
    async report() {
      done.push('report');
      return { totalFailures: 3, failures: [failure], omitted: 2, skipped: { lines: 1, records: 4, files: 5 } };
    },
    clear: async () => void done.push('clear'),
  };
  expect(await callTool(getPipelineReport, { clear }, { audit })).toEqual({
    total_failures: 3,
    failures: [failure],
    omitted: 2,
    skipped: { lines: 1, records: 4, files: 5 },
  });
  expect(done).toEqual(wanted);
});
