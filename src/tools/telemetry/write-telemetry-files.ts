import { join } from 'node:path';
import * as z from 'zod';
import { encodeJson } from '../../domain/encode-json.ts';
import { timingTable } from '../../domain/timing-table.ts';
import { tokenTable } from '../../domain/token-table.ts';
import { defineTool } from '../define-tool.ts';
import type { ToolServices } from '../tool-services.ts';
import { responseMetricsOf } from './response-metrics.ts';
import { tableWithNotes } from './step-report.ts';

export const writeTelemetryFiles = defineTool({
  name: 'write_telemetry_files',
  title: 'Write telemetry files',
  description: `Writes what get_token_summary and get_timing_summary report to files in a folder: two Markdown tables, and the size of this server's answers as JSON. Existing files of these names are replaced, each as a whole; a missing folder is made. Use it to attach the figures to a pull request or a report. It forgets nothing: to do that, use the summaries with clear. To read the figures, use the summaries.
Example: {"output_dir": "/home/ann/shop/.maitred/temp/telemetry"}`,
  category: 'Telemetry & Diagnostics',
  tags: ['kitchen', 'telemetry'],
  needs: [],
  effect: 'changes',
  openWorld: false,
  input: z.object({
    output_dir: z.string().min(1).describe('Folder to write to: an absolute path within workspace.roots.'),
  }),
  output: () =>
    z.object({
      token_summary_path: z.string().describe('token_summary.md'),
      timing_summary_path: z.string().describe('timing_summary.md'),
      mcp_response_metrics_path: z.string().describe('mcp_response_metrics.json'),
    }),
  async handler(
    { output_dir: outputDir },
    {
      telemetry,
      responses,
      workspace,
      writeTextFile,
    }: Pick<ToolServices, 'telemetry' | 'responses' | 'workspace' | 'writeTextFile'>,
    { signal },
  ) {
    const tokens = await telemetry.tokens('', signal);
    const timing = await telemetry.timing('', signal);
    const dir = workspace.madeFolder(outputDir, 'output_dir');
    const write = async (name: string, text: string) => {
      const path = join(dir, name);
      await writeTextFile(path, text);
      return path;
    };
    return {
      token_summary_path: await write(
        'token_summary.md',
        tableWithNotes(tokenTable(tokens.steps), null, tokens.skippedLines),
      ),
      timing_summary_path: await write(
        'timing_summary.md',
        tableWithNotes(timingTable(timing.steps), null, timing.skippedLines),
      ),
      mcp_response_metrics_path: await write(
        'mcp_response_metrics.json',
        `${encodeJson(responseMetricsOf(responses.report()), 2)}\n`,
      ),
    };
  },
  adopt: () => ({ state: 'again' }),
});
