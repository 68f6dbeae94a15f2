import { expect, it } from 'vitest';
import { getPipelineReport } from '../../../src/tools/telemetry/get-pipeline-report.ts';
import { aStatus, callTool } from '../../doubles/tool-calls.ts';

const failure = {
  timestamp: '2026-11-29T10:00:00Z',
  skill_command: '/fix',
  exit_code: 1,
  subtype: 'error',
  needs_retry: true,
  retry_reason: 'crashed',
  stderr: '',
};

const skipped = { lines: 1, records: 4, files: 5 };

/** An audit with two failures, of which one more is only counted. `done` holds what was asked of it. */
function anAudit() {
  const done: string[] = [];
  const audit = {
    load: async () => undefined,
    record: () => undefined,
    async report() {
      done.push('report');
      return { totalFailures: 3, failures: [failure, { ...failure, exit_code: 2 }], omitted: 1, skipped };
    },
    clear: async () => void done.push('clear'),
  };
  return { services: { audit, status: aStatus() }, done };
}

it.each([
  [false, ['report']],
  [true, ['report', 'clear']],
])('get_pipeline_report with clear %j reports first, and clears only if asked', async (clear, wanted) => {
  const { services, done } = anAudit();
  expect(await callTool(getPipelineReport, { clear }, services)).toEqual({
    total_failures: 3,
    failures: [failure, { ...failure, exit_code: 2 }],
    omitted: 1,
    cleared: clear,
    skipped,
    next_offset: null,
    left_out:
      '1 older failure cannot be listed here: the records of agent runs are in /state/logs/sessions/*/audit_log.json.',
  });
  expect(done).toEqual(wanted);
});

it('get_pipeline_report in parts says where the next one begins, and forgets nothing before the last one', async () => {
  const { services, done } = anAudit();
  expect(await callTool(getPipelineReport, { clear: true, limit: 1 }, services)).toMatchObject({
    failures: [{ exit_code: 1 }],
    omitted: 2,
    cleared: false,
    next_offset: 1,
    left_out: 'Left out: 1 failure. Call again with "offset": 1 to get the rest. Nothing is forgotten yet.',
  });
  expect(await callTool(getPipelineReport, { clear: true, offset: 1 }, services)).toMatchObject({
    failures: [{ exit_code: 2 }],
    cleared: true,
    next_offset: null,
  });
  expect(done).toEqual(['report', 'report', 'clear']);
});
