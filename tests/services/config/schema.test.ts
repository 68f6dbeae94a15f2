import { describe, expect, it } from 'vitest';
import { configSchema } from '../../../src/domain/config.schema.ts';
import { defaultEarlySettings, earlySettingKeys } from '../../../src/domain/early-settings.ts';
import { configKeys } from '../../../src/services/config/config-keys.ts';
import { earlySettingsOf } from '../../../src/services/config/read-early-settings.ts';

describe('the schema of the configuration', () => {
  it.each([...configKeys.values()].map(({ key, schema }) => [key, schema] as const))('documents %s', (_key, schema) => {
    expect(schema.description).toMatch(/^[A-Z].*\.$/);
  });

  it.each([...configKeys.values()].map(({ key, schema }) => [key, schema] as const))(
    'says in its own words what it expects of %s',
    (_key, schema) => {
      const wrong = ['', 'a\0b', 'a b', -1, 1.5, 1e300, {}, [5], ['']];
      const messages = wrong.flatMap((value) => schema.safeParse(value).error?.issues ?? []).map((it) => it.message);
      expect(messages).not.toEqual([]);
      expect(messages.filter((message) => /^(Invalid|Too|Unrecognized|Expected)/.test(message))).toEqual([]);
    },
  );

  it('holds every early setting, with the same default', () => {
    expect([...configKeys.keys()]).toEqual(expect.arrayContaining(Object.keys(earlySettingKeys)));
    expect(earlySettingsOf(configSchema.parse({}))).toEqual(defaultEarlySettings);
  });

  it('knows how to parse each key from a text', () => {
    expect(Object.fromEntries([...configKeys].map(([key, { textForm }]) => [key, textForm]))).toEqual({
      'logging.level': 'raw',
      'logging.json_output': 'yaml',
      'logging.file': 'yaml',
      'kitchen.visibility': 'raw',
      'subsets.disabled': 'list',
      'packs.enabled': 'list',
      'readiness.wait_seconds': 'yaml',
      'shutdown.drain_ms': 'yaml',
      'wire.max_message_mib': 'yaml',
      'wire.max_in_flight': 'yaml',
      'wire.max_waiting': 'yaml',
      'workspace.roots': 'list',
      'workspace.worktree_root': 'yaml',
      'workspace.runs_root': 'yaml',
      'workspace.temp_dir': 'raw',
      'run_cmd.max_output_mib': 'yaml',
      'run_skill.agent': 'raw',
      'run_skill.claude_path': 'yaml',
      'run_skill.command': 'command',
      'run_skill.script': 'yaml',
      'run_skill.env': 'list',
      'run_skill.timeout': 'yaml',
      'run_skill.idle_output_timeout': 'yaml',
      'run_skill.stale_threshold': 'yaml',
      'run_skill.max_suppression_seconds': 'yaml',
      'run_skill.completion_drain_timeout': 'yaml',
      'run_skill.natural_exit_grace_seconds': 'yaml',
      'run_skill.exit_after_stop_delay_ms': 'yaml',
      'run_skill.max_pause_seconds': 'yaml',
      'run_skill.completion_marker': 'raw',
      'run_skill.budget_turns': 'yaml',
      'run_skill.budget_tokens': 'yaml',
      'run_skill.budget_usd': 'yaml',
      'run_skill.server_budget_tokens': 'yaml',
      'run_skill.server_budget_usd': 'yaml',
      'model.default': 'yaml',
      'model.override': 'yaml',
      'implement_gate.marker': 'raw',
      'implement_gate.skill_names': 'list',
      'test_check.command': 'command',
      'test_check.timeout': 'yaml',
      'classify_fix.path_prefixes': 'list',
      'reset_workspace.command': 'command',
      'reset_workspace.preserve_dirs': 'list',
      'safety.reset_guard_marker': 'raw',
      'safety.require_dry_walkthrough': 'yaml',
      'read_db.timeout': 'yaml',
      'read_db.max_rows': 'yaml',
      'github.token': 'yaml',
      'github.default_repo': 'yaml',
      'linux_tracing.enabled': 'yaml',
      'linux_tracing.proc_interval': 'yaml',
    });
  });
});
