import { join } from 'node:path';
import { expect } from 'vitest';
import { type Run, run, runMaitred } from '../support/run-maitred.ts';
import { aWorld, type World } from '../support/spawned-server.ts';
import type { Client } from './client.ts';
import { clientProgram } from './client-program.ts';
import { messagesFormat } from './messages-format.ts';
import { startScriptedModel } from './scripted-model.ts';

/** A world after `maitred init`. */
export async function anInitialisedWorld(): Promise<World> {
  const world = aWorld();
  expect(await runMaitred(world, 'init', '--yes', '--test-command', 'echo all green')).toMatchObject({ code: 0 });
  return world;
}

/** The whole environment of Claude Code: a home of its own, none of our variables, and no connection but to the model in ANTHROPIC_BASE_URL. */
export const claudeEnvironment = ({ homeDir, env }: World): Readonly<Record<string, string>> => ({
  PATH: env.PATH ?? '',
  HOME: homeDir,
  CLAUDE_CONFIG_DIR: join(homeDir, '.claude'),
  ANTHROPIC_API_KEY: 'none',
  // Nothing listens on this port.
  ANTHROPIC_BASE_URL: 'http://127.0.0.1:9',
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  DISABLE_TELEMETRY: '1',
  DISABLE_AUTOUPDATER: '1',
  DISABLE_ERROR_REPORTING: '1',
  // Without this it refuses to run as root.
  IS_SANDBOX: '1',
});

/** Runs Claude Code to its end. */
export const runClaude = (
  world: World,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<Run> =>
  run(clientProgram('claude'), args, { cwd: world.projectDir, env: { ...claudeEnvironment(world), ...more } });

/** Its server is one of the user's configuration: for that it waits 2 s, and much longer for one of `--mcp-config`. */
export const claude: Client = {
  program: 'claude',
  shortName: 'claude-code',
  toolName: (tool) => `mcp__wrapped__${tool}`,
  startModel: (calls) => startScriptedModel(messagesFormat, calls),
  async runSession(world, server, modelUrl) {
    const add = ['mcp', 'add-json', '--scope', 'user', 'wrapped', JSON.stringify(server)];
    expect(await runClaude(world, add)).toMatchObject({ code: 0 });
    return runClaude(world, ['-p', 'hello', '--dangerously-skip-permissions'], { ANTHROPIC_BASE_URL: modelUrl });
  },
};
