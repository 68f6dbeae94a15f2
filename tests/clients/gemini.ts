import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../support/run-maitred.ts';
import type { Client } from './client.ts';
import { clientProgram } from './client-program.ts';
import { geminiModel, generateContentFormat } from './generate-content-format.ts';
import { startScriptedModel } from './scripted-model.ts';

export const gemini: Client = {
  program: 'gemini',
  shortName: 'gemini',
  toolName: (tool) => `mcp_wrapped_${tool}`,
  startModel: (calls) => startScriptedModel(generateContentFormat, calls),
  runSession({ projectDir, homeDir, env }, server, modelUrl) {
    const configDir = join(homeDir, '.gemini');
    mkdirSync(configDir);
    const settings = {
      security: { auth: { selectedType: 'gemini-api-key' }, folderTrust: { enabled: false } },
      privacy: { usageStatisticsEnabled: false },
      telemetry: { enabled: false },
      general: { enableAutoUpdate: false },
      mcpServers: { wrapped: { ...server, trust: true } },
    };
    writeFileSync(join(configDir, 'settings.json'), JSON.stringify(settings));
    const args = ['--skip-trust', '--approval-mode', 'yolo', '--model', geminiModel, '--prompt', 'hello'];
    return run(clientProgram('gemini'), args, {
      cwd: projectDir,
      env: { PATH: env.PATH ?? '', HOME: homeDir, GEMINI_API_KEY: 'none', GOOGLE_GEMINI_BASE_URL: modelUrl },
    });
  },
};
