import { describe, expect, it } from 'vitest';
import { configSchema } from '../../../src/domain/config.schema.ts';
import { createKitchenGate } from '../../../src/domain/kitchen-gate.ts';
import { kitchenStatus } from '../../../src/tools/kitchen/kitchen-status.ts';
import { aServerRecord } from '../../doubles/server-records.ts';
import { aStatus, callTool } from '../../doubles/tool-calls.ts';

const task = { gating: true, attempts: 1, startedAtMs: null, endedAtMs: null, cause: null };
const record = aServerRecord({
  version: '1.2.3',
  startedAtMs: 1_000,
  heartbeatAtMs: 9_000,
  state: 'deferredInit',
  phases: [{ state: 'deferredInit', atMs: 1_004 }],
  tasks: {
    backend: { ...task, status: 'done', startedAtMs: 1_000, endedAtMs: 1_500 },
    recovery: { ...task, status: 'failed', attempts: 2, startedAtMs: 2_000, endedAtMs: 2_250, cause: 'no disk' },
    audit: { ...task, status: 'running', startedAtMs: 6_000 },
    upkeep: { ...task, status: 'waiting', attempts: 0 },
  },
  callsInFlight: 2,
  waiting: [{ tool: 'get_pipeline_report', waitsFor: ['audit'], forMs: 1_500 }],
  degraded: [{ what: 'the log file', cause: 'no disk' }],
  logFile: '/state/logs/server.log',
});

const services = (pluginVersion: string | null = null, isKitchenOpen = true) => ({
  background: {
    submit: () => {
      throw new Error('nothing is submitted');
    },
    running: [{ name: 'clone', forMs: 2_500 }],
  },
  gate: createKitchenGate({ isKitchenOpen }, async () => undefined),
  githubToken: { get: async () => null, isConfigured: () => null },
  settings: configSchema.parse({ github: { default_repo: 'ann/shop' } }),
  status: aStatus({ read: () => record, pluginVersion: () => pluginVersion }),
});

describe('kitchen_status', () => {
  it('shows the server record with times in seconds, as of the heartbeat', async () => {
    expect(await callTool(kitchenStatus, {}, services())).toEqual({
      package_version: '1.2.3',
      plugin_json_version: null,
      versions_match: null,
      tools_enabled: true,
      token_usage_verbosity: null,
      quota_guard_enabled: null,
      github_token_configured: null,
      github_default_repo: 'ann/shop',
      state: 'deferredInit',
      phases: [{ state: 'deferredInit', after_ms: 4 }],
      tasks: {
        backend: { status: 'done', seconds: 0.5, attempts: 1, cause: null },
        recovery: { status: 'failed', seconds: 0.25, attempts: 2, cause: 'no disk' },
        audit: { status: 'running', seconds: 3, attempts: 1, cause: null },
        upkeep: { status: 'waiting', seconds: null, attempts: 0, cause: null },
      },
      calls: {
        in_flight: 2,
        waiting: [{ tool: 'get_pipeline_report', waits_for: ['audit'], seconds: 1.5 }],
        waiting_count: 1,
      },
      background: [{ name: 'clone', seconds: 2.5 }],
      background_count: 1,
      degraded: [{ what: 'the log file', cause: 'no disk' }],
      project: '/home/someone/shop',
      state_dir: '/state',
      log_file: '/state/logs/server.log',
      next_offset: null,
      left_out: null,
    });
  });

  it.each([
    ['1.2.3', true],
    ['1.2.2', false],
  ])('compares the version of the plugin: %s', async (version, match) => {
    expect(await callTool(kitchenStatus, {}, services(version))).toMatchObject({
      plugin_json_version: version,
      versions_match: match,
    });
  });

  it('says that the kitchen is closed', async () => {
    expect(await callTool(kitchenStatus, {}, services(null, false))).toMatchObject({ tools_enabled: false });
  });
});
