import { cpSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { run, runMaitred } from '../support/run-maitred.ts';
import type { World } from '../support/spawned-server.ts';
import { anInitialisedWorld, runClaude } from './claude.ts';

/** A model that refuses every request, which ends the session. */
async function startRefusingModel(): Promise<string> {
  const server = createServer((_request, response) => {
    const error = { type: 'invalid_request_error', message: 'no' };
    response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ type: 'error', error }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface SessionStart {
  readonly tools: readonly string[];
  readonly mcp_servers: readonly object[];
  readonly slash_commands: readonly string[];
}

/** What the client says of a new session, as lines of JSON. */
async function linesOfSession(world: World): Promise<readonly string[]> {
  const args = ['-p', 'hello', '--output-format', 'stream-json', '--verbose', '--dangerously-skip-permissions'];
  const { stdout } = await runClaude(world, args, { ANTHROPIC_BASE_URL: await startRefusingModel() });
  return stdout.split('\n');
}

async function sessionStartOf(world: World): Promise<SessionStart> {
  const line = (await linesOfSession(world)).find((text) => text.includes('"subtype":"init"'));
  return JSON.parse(line ?? '{}') as SessionStart;
}

/** A world after `maitred init` and the next steps that it prints. */
async function aWorldWithPlugin(): Promise<World> {
  const world = await anInitialisedWorld();
  const { stdout } = await runMaitred(world, 'init', '--yes');
  const steps = stdout.split('\n').filter((line) => line.startsWith('  claude plugin '));
  expect(steps).toHaveLength(2);
  for (const step of steps) expect(await runClaude(world, step.trim().split(' ').slice(1))).toMatchObject({ code: 0 });
  return world;
}

describe('Claude Code', () => {
  it('accepts the plugin and its marketplace in strict validation', async () => {
    const world = await anInitialisedWorld();
    const { code, stdout } = await runClaude(world, ['plugin', 'validate', '--strict', world.stateFolder.pluginDir]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('Validation passed') });
  });

  it('has the tools and skills in a session after the next steps of init', async () => {
    const world = await aWorldWithPlugin();
    const { tools, mcp_servers: servers, slash_commands: skills } = await sessionStartOf(world);
    expect(servers).toMatchObject([{ name: 'plugin:maitred:maitred', status: 'connected' }]);
    expect(tools).toContain('mcp__plugin_maitred_maitred__open_kitchen');
    expect(skills).toEqual(expect.arrayContaining(['maitred:open-kitchen', 'maitred:close-kitchen']));
  });

  it('runs no hook after maitred init --no-hooks, without another step, and still has the tools', async () => {
    const world = await aWorldWithPlugin();
    const hooksIn = (lines: readonly string[]) => lines.filter((line) => line.includes('"subtype":"hook_started"'));
    expect(hooksIn(await linesOfSession(world))).toHaveLength(1);
    await runMaitred(world, 'init', '--yes', '--no-hooks');
    expect(hooksIn(await linesOfSession(world))).toEqual([]);
    expect((await sessionStartOf(world)).tools).toContain('mcp__plugin_maitred_maitred__open_kitchen');
  });

  it('uses the program at its new path after init ran there, without another step', async () => {
    const world = await aWorldWithPlugin();
    const moved = join(world.homeDir, 'moved');
    cpSync(inject('programDir'), moved, { recursive: true });
    await run(process.execPath, [join(moved, 'maitred.js'), 'init', '--yes'], {
      cwd: world.projectDir,
      env: world.env,
    });
    const { stdout } = await runClaude(world, ['mcp', 'list']);
    expect(stdout).toMatch(/plugin:maitred:maitred: .*\/home\/moved\/maitred\.js serve - .*Connected/);
  });
});
