import { claude } from './claude.ts';
import type { Client } from './client.ts';
import { codex } from './codex.ts';
import { gemini } from './gemini.ts';
import { opencode } from './opencode.ts';

/** Each client with what people call it. */
export const realClients: readonly (readonly [name: string, client: Client])[] = [
  ['Claude Code', claude],
  ['Codex', codex],
  ['Gemini CLI', gemini],
  ['opencode', opencode],
];
