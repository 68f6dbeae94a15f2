import { expect, it } from 'vitest';
import { noTokens } from '../../../src/domain/agent-session/agent-event.ts';
import { createResponseLog } from '../../../src/services/state/response-log.ts';
import { writeTelemetryFiles } from '../../../src/tools/telemetry/write-telemetry-files.ts';
import { aWorkspace, callTool } from '../../doubles/tool-calls.ts';

it('write_telemetry_files writes both tables and the size of the answers, forgets nothing, and says where', async () => {
  const step = { stepName: 'plan', invocations: 1, totalMs: 2_000 };
  const written: Record<string, string> = {};
  const services = {
    telemetry: {
      tokens: async () => ({
        steps: [{ ...step, tokens: noTokens, elapsedMs: 1_000, wallClockMs: 2_000 }],
        skippedLines: 1,
      }),
      timing: async () => ({ steps: [step], skippedLines: 0 }),
      clearTokens: () => Promise.reject(new Error('tokens stay')),
      clearTiming: () => Promise.reject(new Error('times stay')),
    },
    responses: createResponseLog(),
    workspace: aWorkspace,
    writeTextFile: async (path: string, text: string) => {
      written[path] = text;
    },
  };
  services.responses.add('run_cmd', 8);
  expect(await callTool(writeTelemetryFiles, { output_dir: '/out' }, services)).toEqual({
    token_summary_path: '/real/out/token_summary.md',
    timing_summary_path: '/real/out/timing_summary.md',
    mcp_response_metrics_path: '/real/out/mcp_response_metrics.json',
  });
  expect(written).toEqual({
    '/real/out/token_summary.md': expect.stringMatching(/\| plan \| 0 \|.*\n\n1 line of the session index/s),
    '/real/out/timing_summary.md': expect.stringMatching(/\| plan \| 2\.0 s \| 1 \|\n\| \*\*Total/),
    '/real/out/mcp_response_metrics.json': expect.stringContaining('"total_response_bytes": 8'),
  });
});
