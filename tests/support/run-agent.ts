import { execa } from 'execa';
import { inject } from 'vitest';
import type { AgentEvent } from '../../src/domain/agent-session/agent-event.ts';
import type { AgentSessionSpec } from '../../src/domain/agent-session/session-spec.ts';
import { noContract } from '../../src/domain/agent-session/skill-contract.ts';
import type { AgentAdapter, AgentPlace, AgentRound } from '../../src/services/agents/agent-adapter.ts';

const maxLineBytes = 1_024 ** 2;

export const marker = '%%DONE::0a1b2c3d%%';

export function aSession(change: Partial<AgentSessionSpec> = {}): AgentSessionSpec {
  return {
    agent: 'script',
    skillCommand: '/make-plan a search box',
    prompt: 'Use /make-plan a search box',
    marker,
    contract: noContract,
    cwd: '/',
    model: null,
    skillDirs: [],
    limits: {
      wallMs: 60_000,
      idleMs: null,
      staleMs: null,
      suppressionMs: 0,
      drainMs: 0,
      exitGraceMs: 0,
      nudgeMs: 0,
      pausedMs: 0,
    },
    budget: { turns: null, tokens: null, usd: null },
    stepName: '',
    orderId: '',
    stepKey: null,
    ...change,
  };
}

export const placeIn = (sessionDir: string): AgentPlace => ({
  env: process.env,
  homeDir: sessionDir,
  execPath: process.execPath,
  programDir: inject('programDir'),
  sessionDir,
});

export interface AgentRun {
  readonly events: readonly AgentEvent[];
  readonly code: number | null;
  readonly signal: string | null;
  readonly stderr: string;
}

/** Runs one process of a session to its end, and reads what it prints. */
export async function runAgent(
  adapter: AgentAdapter,
  spec: AgentSessionSpec,
  place: AgentPlace,
  round: AgentRound = { kind: 'first' },
): Promise<AgentRun> {
  const { file, args, env, stdin } = adapter.command(spec, round, place);
  const ended = await execa(file, args, {
    cwd: spec.cwd,
    env,
    extendEnv: false,
    reject: false,
    encoding: 'buffer',
    ...(stdin === null ? { stdin: 'ignore' } : { input: stdin }),
  });
  const reader = adapter.createReader(spec);
  const lines = Buffer.from(ended.stdout).toString().split('\n');
  const rest = lines.pop() ?? '';
  const events = [...lines, ...(rest === '' ? [] : [rest])].flatMap((line) =>
    reader.line(line.length > maxLineBytes ? null : line, Buffer.byteLength(line)),
  );
  const code = ended.exitCode ?? null;
  return {
    events: [...events, ...reader.end(code)],
    code,
    signal: ended.signal ?? null,
    stderr: Buffer.from(ended.stderr).toString(),
  };
}
