import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { hooksFileText } from '../../src/services/hooks/hooks-file.ts';
import { type Run, run } from '../support/run-maitred.ts';
import type { World } from '../support/spawned-server.ts';

/** A plugin with our hooks and our server, and nothing else. */
export function plantPlugin({ stateFolder }: World): void {
  const { pluginDir, hooksFile } = stateFolder;
  const programDir = inject('programDir');
  const server = {
    command: process.execPath,
    args: [join(programDir, 'maitred.js'), 'serve'],
    env: { MAITRED_STATE_DIR: stateFolder.dir },
  };
  const author = { name: 'maitred' };
  for (const dir of ['.claude-plugin', 'hooks']) mkdirSync(join(pluginDir, dir), { recursive: true });
  writeFileSync(
    join(pluginDir, '.claude-plugin/plugin.json'),
    JSON.stringify({ name: 'maitred', version: '0.0.0', description: 'A test.', author }),
  );
  writeFileSync(join(pluginDir, '.mcp.json'), JSON.stringify({ mcpServers: { maitred: server } }));
  writeFileSync(hooksFile, hooksFileText({ nodeFile: process.execPath, programDir, stateDir: stateFolder.dir }));
}

/** Runs Claude Code to its end, with a home of its own; it talks to nobody but the model that it is given. */
export function runClaude(
  world: World,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Run> {
  return run(inject('claudeFile'), args, {
    cwd: world.projectDir,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: world.homeDir,
      CLAUDE_CONFIG_DIR: join(world.homeDir, '.claude'),
      ANTHROPIC_API_KEY: 'none',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_TELEMETRY: '1',
      DISABLE_AUTOUPDATER: '1',
      DISABLE_ERROR_REPORTING: '1',
      // It runs as root only where it is told that this does no harm.
      IS_SANDBOX: '1',
      ...env,
    },
  });
}
