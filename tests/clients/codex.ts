import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../support/run-maitred.ts';
import type { Client } from './client.ts';
import { clientProgram } from './client-program.ts';
import { responsesFormat } from './responses-format.ts';
import { startScriptedModel } from './scripted-model.ts';

export const codex: Client = {
  program: 'codex',
  shortName: 'codex',
  toolName: (tool) => `mcp__wrapped.${tool}`,
  startModel: (calls) => startScriptedModel(responsesFormat, calls),
  runSession({ projectDir, homeDir, env }, server, modelUrl) {
    const codexHome = join(homeDir, '.codex');
    mkdirSync(codexHome);
    const variables = Object.entries(server.env).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
    const config = `
      model = "scripted"
      model_provider = "scripted"
      check_for_update_on_startup = false

      [analytics]
      enabled = false

      [model_providers.scripted]
      name = "scripted"
      base_url = "${modelUrl}/v1"
      wire_api = "responses"

      [mcp_servers.wrapped]
      command = ${JSON.stringify(server.command)}
      args = ${JSON.stringify(server.args)}
      env = { ${variables.join(', ')} }
    `;
    writeFileSync(join(codexHome, 'config.toml'), config);
    const flags = ['--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox'];
    return run(clientProgram('codex'), ['exec', ...flags, 'hello'], {
      cwd: projectDir,
      env: { PATH: env.PATH ?? '', HOME: homeDir, CODEX_HOME: codexHome },
    });
  },
};
