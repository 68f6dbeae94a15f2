import * as z from 'zod';
import { startupTaskStatuses } from '../../domain/startup-task.ts';
import { defineTool } from '../define-tool.ts';
import { fillPage, pageArguments, restFields } from '../page.ts';
import type { ToolServices } from '../tool-services.ts';

type Services = Pick<ToolServices, 'background' | 'gate' | 'githubToken' | 'settings' | 'status'>;

const taskStatus = z.object({
  status: z.enum(startupTaskStatuses),
  seconds: z.number().nullable().describe('How long it has run so far, or ran; null before it starts.'),
  attempts: z.number().int().describe('How often it was started.'),
  cause: z.string().nullable().describe('Why it failed and what to do; null if it did not fail.'),
});

export const kitchenStatus = defineTool({
  name: 'kitchen_status',
  title: 'Kitchen status',
  description: `Reports what the server is doing now: its state, start-up tasks, running and waiting calls, background jobs, what is degraded, and the paths of its log and state folder. Use it when a call is slow or fails with not_ready or unavailable, or to see whether the kitchen is open. It needs only the backend, and works while the kitchen is closed; if it fails too, read the log. Not for failures of earlier runs: use get_pipeline_report. Not for step durations: use get_timing_summary.
Example: {}`,
  category: 'Kitchen',
  tags: [],
  needs: [],
  effect: 'reads',
  openWorld: false,
  input: z.object(pageArguments),
  output: () =>
    z.object({
      package_version: z.string().describe('Version of this server.'),
      plugin_json_version: z
        .string()
        .nullable()
        .describe('Version that generated the plugin for Claude Code; null without a plugin.'),
      versions_match: z
        .boolean()
        .nullable()
        .describe('Whether plugin_json_version equals package_version; null without a plugin.'),
      tools_enabled: z.boolean().describe('Whether the kitchen is open.'),
      token_usage_verbosity: z.string().nullable().describe('Always null in this version.'),
      quota_guard_enabled: z.boolean().nullable().describe('Always null in this version.'),
      github_token_configured: z
        .boolean()
        .nullable()
        .describe(
          'Whether a GitHub token is known; null if only `gh auth token` could have one and it has not been asked.',
        ),
      github_default_repo: z.string().nullable().describe('github.default_repo in the configuration.'),
      state: z.string().describe('State of the server: deferredInit while it starts, then ready, later draining.'),
      phases: z
        .array(z.object({ state: z.string(), after_ms: z.number() }))
        .describe('When each state was entered, in milliseconds after the server started.'),
      tasks: z.record(z.string(), taskStatus).describe('The start-up tasks, by name.'),
      calls: z.object({
        in_flight: z.number().int().describe('Calls that are running.'),
        waiting: z
          .array(z.object({ tool: z.string(), waits_for: z.array(z.string()), seconds: z.number() }))
          .describe('Calls that wait for start-up tasks, and for how long.'),
        waiting_count: z.number().int().describe('Number of waiting calls.'),
      }),
      background: z
        .array(z.object({ name: z.string(), seconds: z.number() }))
        .describe('Running background jobs, and for how long.'),
      background_count: z.number().int().describe('Number of running background jobs.'),
      degraded: z
        .array(z.object({ what: z.string(), cause: z.string() }))
        .describe('What does not work while the rest does, and why.'),
      project: z.string().describe('Project folder.'),
      state_dir: z.string().describe('Folder of logs, records and saved output.'),
      log_file: z.string().nullable().describe('Log of this server; null if logging.file is off.'),
      ...restFields(),
    }),
  handler({ limit, offset }, { background, gate, githubToken, settings, status }: Services) {
    const record = status.read();
    const pluginVersion = status.pluginVersion();
    const nowMs = record.heartbeatAtMs;
    const seconds = (fromMs: number | null, toMs: number | null) =>
      fromMs === null ? null : ((toMs ?? nowMs) - fromMs) / 1_000;
    const { waiting, degraded } = record;
    const { running } = background;
    const length = Math.max(waiting.length, degraded.length, running.length);
    return fillPage({ limit, offset, length, noun: 'entry' }, ({ of, nextOffset, leftOut }) => ({
      package_version: record.version,
      plugin_json_version: pluginVersion,
      versions_match: pluginVersion === null ? null : pluginVersion === record.version,
      tools_enabled: gate.isOpen,
      token_usage_verbosity: null,
      quota_guard_enabled: null,
      github_token_configured: githubToken.isConfigured(),
      github_default_repo: settings.github.default_repo,
      state: record.state,
      phases: record.phases.map(({ state, atMs }) => ({ state, after_ms: atMs - record.startedAtMs })),
      tasks: Object.fromEntries(
        Object.entries(record.tasks).map(([name, { status: taskState, attempts, cause, startedAtMs, endedAtMs }]) => [
          name,
          { status: taskState, seconds: seconds(startedAtMs, endedAtMs), attempts, cause },
        ]),
      ),
      calls: {
        in_flight: record.callsInFlight,
        waiting: of(waiting).map(({ tool, waitsFor, forMs }) => ({
          tool,
          waits_for: [...waitsFor],
          seconds: forMs / 1_000,
        })),
        waiting_count: waiting.length,
      },
      background: of(running).map(({ name, forMs }) => ({ name, seconds: forMs / 1_000 })),
      background_count: running.length,
      degraded: of(degraded).map(({ what, cause }) => ({ what, cause })),
      project: record.projectDir,
      state_dir: status.stateDir,
      log_file: record.logFile,
      next_offset: nextOffset,
      left_out: leftOut,
    }));
  },
});
