import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { orchestratorPrompt } from '../../src/cli/cook/orchestrator-prompt.ts';
import { aWorld } from '../support/spawned-server.ts';
import { runOnTerminal } from '../support/terminal.ts';
import { claudeEnvironment } from './claude.ts';
import { clientProgram } from './client-program.ts';
import { messagesFormat } from './messages-format.ts';
import { startScriptedModel } from './scripted-model.ts';

interface SessionStart {
  readonly mcp_servers: readonly object[];
  readonly tools: readonly string[];
}

it('maitred cook gives Claude Code one server called maitred with an open kitchen, and the prompt', async () => {
  const world = aWorld();
  const bin = join(world.homeDir, 'bin');
  mkdirSync(bin);
  symlinkSync(clientProgram('claude'), join(bin, 'claude'));
  const entry = { command: process.execPath, args: [join(inject('programDir'), 'maitred.js'), 'serve'] };
  const mcpFile = join(world.projectDir, '.mcp.json');
  writeFileSync(mcpFile, JSON.stringify({ mcpServers: { maitred: entry, other: entry } }));
  const model = await startScriptedModel(messagesFormat, []);
  const settings = '{"enableAllProjectMcpServers":true}';
  const printing = ['--settings', settings, '--output-format', 'stream-json', '--verbose', '-p', 'hello'];
  const cook = [process.execPath, join(inject('programDir'), 'maitred.js'), 'cook', '--', ...printing];
  const terminal = runOnTerminal(['exec', ...cook], {
    cwd: world.projectDir,
    env: {
      ...claudeEnvironment(world),
      ANTHROPIC_BASE_URL: model.url,
      PATH: `${bin}:${world.env.PATH}`,
      MAITRED_STATE_DIR: world.stateFolder.dir,
    },
  });
  expect(await terminal.exited()).toBe(0);
  const line = terminal.shown.split('\n').find((text) => text.includes('"subtype":"init"'));
  const { mcp_servers: servers, tools } = JSON.parse(line ?? '{}') as SessionStart;
  expect(servers).toEqual([
    { name: 'maitred', status: 'connected', source: 'dynamic' },
    { name: 'other', status: 'connected', source: 'project' },
  ]);
  expect(tools).toContain('mcp__maitred__run_cmd');
  expect(tools).not.toContain('mcp__other__run_cmd');
  expect(model.requests.join('\n')).toContain(JSON.stringify(orchestratorPrompt).slice(1, -1));
});
