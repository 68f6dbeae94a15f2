import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../support/run-maitred.ts';
import { chatCompletionsFormat } from './chat-completions-format.ts';
import type { Client } from './client.ts';
import { clientProgram } from './client-program.ts';
import { startScriptedModel } from './scripted-model.ts';

export const opencode: Client = {
  program: 'opencode',
  shortName: 'opencode',
  toolName: (tool) => `wrapped_${tool}`,
  startModel: (calls) => startScriptedModel(chatCompletionsFormat, calls),
  runSession({ projectDir, homeDir, env }, server, modelUrl) {
    const config = {
      model: 'scripted/scripted',
      small_model: 'scripted/scripted',
      autoupdate: false,
      share: 'disabled',
      permission: 'allow',
      provider: {
        scripted: {
          npm: '@ai-sdk/openai-compatible',
          options: { baseURL: `${modelUrl}/v1`, apiKey: 'none' },
          models: { scripted: { tool_call: true, limit: { context: 100_000, output: 1_000 } } },
        },
      },
      mcp: { wrapped: { type: 'local', command: [server.command, ...server.args], environment: server.env } },
    };
    writeFileSync(join(projectDir, 'opencode.json'), JSON.stringify(config));
    return run(clientProgram('opencode'), ['run', 'hello'], {
      cwd: projectDir,
      env: {
        PATH: env.PATH ?? '',
        HOME: homeDir,
        OPENCODE_DISABLE_MODELS_FETCH: '1',
        OPENCODE_DISABLE_AUTOUPDATE: '1',
      },
    });
  },
};
