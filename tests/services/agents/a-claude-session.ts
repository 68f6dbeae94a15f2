import { readFileSync } from 'node:fs';
import type { AgentEvent } from '../../../src/domain/agent-session/agent-event.ts';
import type { AgentSessionSpec } from '../../../src/domain/agent-session/session-spec.ts';
import { noContract } from '../../../src/domain/agent-session/skill-contract.ts';
import { createClaudeReader } from '../../../src/services/agents/claude-stream.ts';

/** What Claude Code 2.1.332 printed, with other paths and ids; of its first record, lists that nobody reads are left out. */
export const recordedLines = (name: string): readonly string[] =>
  readFileSync(new URL(`recorded/${name}.jsonl`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');

/** The events of lines that one process printed. */
export function eventsOf(lines: readonly (string | null)[]): readonly AgentEvent[] {
  const reader = createClaudeReader();
  return [...lines.flatMap((line) => reader.line(line, line?.length ?? 0)), ...reader.end(0)];
}

export const aSpec = (changes: Partial<AgentSessionSpec> = {}): AgentSessionSpec => ({
  agent: 'claude',
  skillCommand: '/smoke-task',
  prompt: 'Use /smoke-task',
  marker: null,
  contract: noContract,
  cwd: '/home/user/project',
  model: null,
  skillDirs: [],
  limits: {
    wallMs: 60_000,
    idleMs: null,
    staleMs: null,
    suppressionMs: 0,
    drainMs: 5_000,
    exitGraceMs: 3_000,
    nudgeMs: 60_000,
    pausedMs: 0,
  },
  budget: { turns: null, tokens: null, usd: null },
  stepName: '',
  orderId: '',
  stepKey: null,
  ...changes,
});
