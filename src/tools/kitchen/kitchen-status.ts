import * as z from 'zod';
import { defineKitchenTool } from './family.ts';

const taskStatus = z.object({
  status: z.enum(['waiting', 'running', 'done', 'failed', 'timedOut']),
  seconds: z.number().nullable().describe('How long it has run or ran; null before its turn.'),
  attempts: z.number().int(),
  cause: z.string().nullable().describe('Why it failed.'),
});

export const kitchenStatus = defineKitchenTool({
  name: 'kitchen_status',
  title: 'Kitchen status',
  description:
    'What the server is doing: its state, what is still starting, calls in flight and waiting, background work, and where its log is.',
  tags: [],
  needs: [],
  effect: 'reads',
  input: z.object({}),
  output: z.object({
    package_version: z.string(),
    plugin_json_version: z
      .string()
      .nullable()
      .describe('Which version has made the plugin for Claude Code; null without a plugin.'),
    versions_match: z.boolean().nullable().describe('Whether that is the version of this server.'),
    tools_enabled: z.boolean().describe('Whether the kitchen is open.'),
    token_usage_verbosity: z.string().nullable(),
    quota_guard_enabled: z.boolean().nullable(),
    github_token_configured: z
      .boolean()
      .nullable()
      .describe('Whether there is a GitHub token; null while only gh could tell and has not been asked.'),
    github_default_repo: z.string().nullable().describe('github.default_repo in the configuration.'),
    state: z.string().describe('State of the lifecycle chart.'),
    phases: z
      .array(z.object({ state: z.string(), after_ms: z.number() }))
      .describe('When each state was entered, from the start of the server.'),
    tasks: z.record(z.string(), taskStatus),
    calls: z.object({
      in_flight: z.number().int(),
      waiting: z.array(z.object({ tool: z.string(), waits_for: z.array(z.string()), seconds: z.number() })),
    }),
    background: z
      .array(z.object({ name: z.string(), seconds: z.number() }))
      .describe('Work that goes on behind the calls, and for how long.'),
    degraded: z.array(z.object({ what: z.string(), cause: z.string() })),
    project: z.string(),
    state_dir: z.string(),
    log_file: z.string().nullable(),
  }),
  handler(_, { gate, status, background, githubToken, settings }) {
    const record = status.read();
    const pluginVersion = status.pluginVersion();
    const nowMs = record.heartbeatAtMs;
    const seconds = (fromMs: number | null, toMs: number | null) =>
      fromMs === null ? null : ((toMs ?? nowMs) - fromMs) / 1_000;
    return {
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
        waiting: record.waiting.map(({ tool, waitsFor, forMs }) => ({
          tool,
          waits_for: [...waitsFor],
          seconds: forMs / 1_000,
        })),
      },
      background: background.running.map(({ name, forMs }) => ({ name, seconds: forMs / 1_000 })),
      degraded: record.degraded.map(({ what, cause }) => ({ what, cause })),
      project: record.projectDir,
      state_dir: status.stateDir,
      log_file: record.logFile,
    };
  },
});
