import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configEnvName } from '../../../src/domain/early-settings.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { errorOf, makeProject, read, writeProject } from './config-project.ts';

describe('the layers of the configuration', () => {
  it('gives every key its default if nothing is set', () => {
    const { config, origins } = read(makeProject());
    expect(config).toEqual({
      logging: { level: 'INFO', json_output: 'auto', file: true },
      kitchen: { visibility: 'auto' },
      subsets: { disabled: [] },
      packs: { enabled: [] },
      readiness: { wait_seconds: 30 },
      shutdown: { drain_ms: 1000 },
      wire: { max_message_mib: 10, max_in_flight: 64, max_waiting: 256 },
      workspace: { roots: [], worktree_root: null, runs_root: null, temp_dir: '.maitred/temp' },
      run_cmd: { max_output_mib: 64 },
      run_skill: {
        agent: 'claude',
        claude_path: null,
        command: [],
        script: null,
        env: [],
        timeout: 7_200,
        idle_output_timeout: 600,
        stale_threshold: 1_200,
        max_suppression_seconds: 1_800,
        completion_drain_timeout: 5,
        natural_exit_grace_seconds: 3,
        exit_after_stop_delay_ms: 2_000,
        max_pause_seconds: 21_600,
        completion_marker: 'ORDER_UP',
        budget_turns: null,
        budget_tokens: null,
        budget_usd: null,
        server_budget_tokens: null,
        server_budget_usd: null,
      },
      model: { default: 'sonnet', override: null },
      implement_gate: {
        marker: 'Dry-walkthrough verified = TRUE',
        skill_names: ['/implement-worktree', '/implement-worktree-no-merge'],
      },
      test_check: { command: [], timeout: 600 },
      classify_fix: { path_prefixes: [] },
      reset_workspace: { command: [], preserve_dirs: [] },
      safety: { reset_guard_marker: '.maitred-workspace', require_dry_walkthrough: true },
      read_db: { timeout: 30, max_rows: 10_000 },
      github: { token: null, default_repo: null },
      linux_tracing: { enabled: true, proc_interval: 5 },
    });
    expect(origins.size).toBe(0);
  });

  it('merges sections key by key and replaces lists as a whole', () => {
    const { config } = read(
      makeProject({
        user: 'logging:\n  level: DEBUG\n  file: false\nsubsets:\n  disabled: [a, b]\n',
        project: 'logging:\n  level: ERROR\nsubsets:\n  disabled: [c]\n',
      }),
    );
    expect(config.logging).toEqual({ level: 'ERROR', json_output: 'auto', file: false });
    expect(config.subsets.disabled).toEqual(['c']);
  });

  it('names the place of each key that is set', () => {
    const sources = makeProject({
      user: 'logging:\n  level: DEBUG\n',
      project: '# ours\nwire:\n  max_waiting: 1\n',
      secrets: 'workspace:\n  roots: [/srv]\n',
      env: { MAITRED_SHUTDOWN__DRAIN_MS: '5' },
      flags: { 'kitchen.visibility': 'gated' },
    });
    expect(Object.fromEntries(read(sources).origins)).toEqual({
      'logging.level': `${sources.userFile}:2:3`,
      'wire.max_waiting': `${sources.projectFile}:3:3`,
      'workspace.roots': `${sources.secretsFile}:2:3`,
      'shutdown.drain_ms': 'MAITRED_SHUTDOWN__DRAIN_MS',
      'kitchen.visibility': 'flag kitchen.visibility',
    });
  });

  it('lets the secrets file override the project file', () => {
    const sources = makeProject({ project: 'workspace: { roots: [/a] }', secrets: 'workspace: { roots: [/b] }' });
    expect(read(sources).config.workspace.roots).toEqual(['/b']);
  });

  it('rejects a bad value in a file even if a later layer overrides it', () => {
    const sources = makeProject({ user: 'wire:\n  max_waiting: many\n', flags: { 'wire.max_waiting': '3' } });
    expect(errorOf(sources).message).toMatch(`${sources.userFile}:2:16: wire.max_waiting is "many"; expected a whole`);
  });

  it('takes each key from the highest layer that sets it', () => {
    const keys = ['wire.max_in_flight', 'wire.max_waiting', 'shutdown.drain_ms'] as const;
    const layers = ['user', 'project', 'env', 'flags'] as const;
    const values = fc.record(Object.fromEntries(keys.map((key) => [key, fc.integer({ min: 1, max: 60_000 })])), {
      requiredKeys: [],
    });
    const defaults: Readonly<Record<string, number>> = {
      'wire.max_in_flight': 64,
      'wire.max_waiting': 256,
      'shutdown.drain_ms': 1000,
    };
    const dir = tempFolder();
    fc.assert(
      fc.property(fc.record({ user: values, project: values, env: values, flags: values }), (set) => {
        const { config } = read(
          writeProject(dir, {
            user: yamlOf(set.user),
            project: yamlOf(set.project),
            env: Object.fromEntries(Object.entries(set.env).map(([key, value]) => [configEnvName(key), `${value}`])),
            flags: Object.fromEntries(Object.entries(set.flags).map(([key, value]) => [key, `${value}`])),
          }),
        );
        const found = {
          'wire.max_in_flight': config.wire.max_in_flight,
          'wire.max_waiting': config.wire.max_waiting,
          'shutdown.drain_ms': config.shutdown.drain_ms,
        };
        const wanted = keys.map((key) => layers.reduce((value, layer) => set[layer][key] ?? value, defaults[key]));
        expect(keys.map((key) => found[key])).toEqual(wanted);
      }),
    );
  });
});

function yamlOf(values: Readonly<Record<string, number | undefined>>): string {
  const lines = new Map<string, string[]>();
  for (const [key, value] of Object.entries(values)) {
    const [section = '', name = ''] = key.split('.');
    lines.set(section, [...(lines.get(section) ?? []), `  ${name}: ${value}`]);
  }
  return [...lines].map(([section, inner]) => `${section}:\n${inner.join('\n')}\n`).join('');
}
