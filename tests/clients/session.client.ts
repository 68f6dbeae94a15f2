import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { World } from '../support/spawned-server.ts';
import { anInitialisedWorld, claude, runClaude } from './claude.ts';
import type { ScriptedCall, ScriptedModel } from './scripted-model.ts';

const ours = (tool: string) => `mcp__plugin_maitred_maitred__${tool}`;

interface SessionOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a session in which the model makes these calls. */
async function aSession(
  world: World,
  calls: readonly ScriptedCall[],
  { args = [], env = {} }: SessionOptions = {},
): Promise<{ model: ScriptedModel; sessionId: string }> {
  const model = await claude.startModel(calls);
  const flags = [
    '--output-format',
    'json',
    '--dangerously-skip-permissions',
    '--plugin-dir',
    world.stateFolder.pluginDir,
  ];
  const { code, stdout, stderr } = await runClaude(world, ['-p', 'hello', ...flags, ...args], {
    ANTHROPIC_BASE_URL: model.url,
    ...env,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { session_id: sessionId } = JSON.parse(stdout) as { session_id: string };
  return { model, sessionId };
}

describe('in a session of Claude Code', () => {
  it('the model opens the kitchen and calls the gated tools', async () => {
    const world = await anInitialisedWorld();
    const { model } = await aSession(world, [
      [ours('open_kitchen'), {}],
      [ours('test_check'), { worktree_path: world.projectDir, step_name: 'test' }],
      [ours('get_timing_summary'), { format: 'table' }],
    ]);
    expect(model.received).toContain('all green');
    expect(model.received).toContain('| test |');
  });

  it('the model is told why a hook blocked a tool, and what to do instead', async () => {
    const world = await anInitialisedWorld();
    const settingsFile = join(world.projectDir, '.claude/settings.json');
    const { model } = await aSession(world, [
      [ours('open_kitchen'), {}],
      [ours('run_cmd'), { cmd: 'pip install -e . || touch made', cwd: world.projectDir }],
      [ours('run_cmd'), { cmd: 'touch allowed', cwd: world.projectDir }],
      ['Write', { file_path: settingsFile, content: '{}' }],
    ]);
    expect(model.received).toContain('Install into the project');
    expect(model.received).toContain('decides what this session may do');
    expect(readdirSync(world.projectDir).filter((name) => ['made', 'allowed'].includes(name))).toEqual(['allowed']);
    expect(existsSync(settingsFile)).toBe(false);
  });

  it('open_kitchen writes a marker with the session id, and the continued session is reminded to open the kitchen again', async () => {
    const world = await anInitialisedWorld();
    const { sessionId } = await aSession(world, [[ours('open_kitchen'), {}]]);
    const markers = readdirSync(world.stateFolder.kitchenDir);
    expect(markers).toEqual([`${sessionId}.json`]);
    const marker: unknown = JSON.parse(readFileSync(join(world.stateFolder.kitchenDir, `${sessionId}.json`), 'utf8'));
    expect(marker).toMatchObject({ session_id: sessionId });
    const { model } = await aSession(world, [], { args: ['--continue'] });
    expect(model.received).toContain('call open_kitchen again');
  });

  it('a headless session cannot open the kitchen', async () => {
    const world = await anInitialisedWorld();
    const { model } = await aSession(world, [[ours('open_kitchen'), {}]], { env: { MAITRED_HEADLESS: '1' } });
    expect(model.received).toContain('the kitchen belongs to the session that started this one');
    expect(existsSync(world.stateFolder.kitchenDir)).toBe(false);
  });
});
