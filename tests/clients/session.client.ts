import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { World } from '../support/spawned-server.ts';
import { anInitialisedWorld, runClaude } from './claude.ts';
import { type ScriptedModel, startScriptedModel, type Wish } from './scripted-model.ts';

const ours = (tool: string) => `mcp__plugin_maitred_maitred__${tool}`;

interface SessionOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A session in which the model wishes for these tools; settles with the model, and the session's id. */
async function aSession(
  world: World,
  wishes: readonly Wish[],
  { args = [], env = {} }: SessionOptions = {},
): Promise<{ model: ScriptedModel; sessionId: string }> {
  const model = await startScriptedModel(wishes);
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
  it('the model opens the kitchen, and its tools work', async () => {
    const world = await anInitialisedWorld();
    const { model } = await aSession(world, [
      [ours('open_kitchen'), {}],
      [ours('test_check'), { worktree_path: world.projectDir, step_name: 'test' }],
      [ours('get_timing_summary'), { format: 'table' }],
    ]);
    expect(model.heard).toContain('all green');
    expect(model.heard).toContain('| test |');
  });

  it('the model reads why a tool was not called, and what to do instead', async () => {
    const world = await anInitialisedWorld();
    const settingsFile = join(world.projectDir, '.claude/settings.json');
    const { model } = await aSession(world, [
      [ours('open_kitchen'), {}],
      [ours('run_cmd'), { cmd: 'pip install -e . || touch made', cwd: world.projectDir }],
      [ours('run_cmd'), { cmd: 'touch allowed', cwd: world.projectDir }],
      ['Write', { file_path: settingsFile, content: '{}' }],
    ]);
    expect(model.heard).toContain('Install into the project');
    expect(model.heard).toContain('decides what this session may do');
    expect(readdirSync(world.projectDir).filter((name) => ['made', 'allowed'].includes(name))).toEqual(['allowed']);
    expect(existsSync(settingsFile)).toBe(false);
  });

  it('opening the kitchen leaves a marker with the id of the session, which is reminded when it goes on', async () => {
    const world = await anInitialisedWorld();
    const { sessionId } = await aSession(world, [[ours('open_kitchen'), {}]]);
    const markers = readdirSync(world.stateFolder.kitchenDir);
    expect(markers).toEqual([`${sessionId}.json`]);
    const marker: unknown = JSON.parse(readFileSync(join(world.stateFolder.kitchenDir, `${sessionId}.json`), 'utf8'));
    expect(marker).toMatchObject({ session_id: sessionId });
    const { model } = await aSession(world, [], { args: ['--continue'] });
    expect(model.heard).toContain('call open_kitchen again');
  });

  it('a headless session is kept from the kitchen', async () => {
    const world = await anInitialisedWorld();
    const { model } = await aSession(world, [[ours('open_kitchen'), {}]], { env: { MAITRED_HEADLESS: '1' } });
    expect(model.heard).toContain('the kitchen belongs to the session that started this one');
    expect(existsSync(world.stateFolder.kitchenDir)).toBe(false);
  });
});
