import type { AgentResult } from '../../src/domain/agent-session/agent-event.ts';
import type { SessionOutcome, SkillResult } from '../../src/domain/agent-session/session-outcome.ts';
import type { RunningSession, SettledSession } from '../../src/domain/agent-session/session-record.ts';
import { noContract } from '../../src/domain/agent-session/skill-contract.ts';

export const startedAtMs = Date.parse('2026-03-02T11:00:00.000Z');

/** The idempotency key of a step. */
export const aStepKey = 'run-1/plan/1/0';

/** A time so many seconds after the start. */
export const atSecond = (seconds: number): string => new Date(startedAtMs + seconds * 1_000).toISOString();

export const aRunningSession = (change: Partial<RunningSession> = {}): RunningSession => ({
  schema_version: 1,
  key: 'server-a.1',
  server_id: 'server-a',
  agent: 'claude',
  session_id: 'session-1',
  pid: 4_242,
  skill_command: '/make-plan add a search box',
  step_name: 'plan',
  order_id: 'order-7',
  step_key: null,
  kitchen_id: 'kitchen-1',
  cwd: '/work/shop',
  model: 'sonnet',
  started_at: atSecond(0),
  state: 'running',
  state_since: atSecond(1),
  state_deadline: atSecond(7_200),
  waits_for: 'its process to exit, its result, or a limit',
  budget: { turns: null, tokens: null, usd: null },
  marker: '%%DONE::0123abcd%%',
  contract: noContract,
  ...change,
});

export const someTokens = {
  input_tokens: 1_200,
  output_tokens: 300,
  cache_creation_input_tokens: 40,
  cache_read_input_tokens: 5_000,
};

export const aResult = (change: Partial<AgentResult> = {}): AgentResult => ({
  subtype: 'success',
  isError: false,
  text: 'plan_path = /work/shop/plan.md\n%%DONE::0123abcd%%',
  errors: [],
  turns: 2,
  costUsd: 0.42,
  usage: someTokens,
  usageByModel: {},
  ...change,
});

/** The answer of a session that succeeded. */
export const aSkillResult = (change: Partial<SkillResult> = {}): SkillResult => ({
  success: true,
  result: 'plan_path = /work/shop/plan.md',
  session_id: 'session-1',
  subtype: 'success',
  cli_subtype: 'success',
  is_error: false,
  exit_code: 0,
  kill_reason: 'natural_exit',
  needs_retry: false,
  retry_reason: 'none',
  stderr: '',
  token_usage: { ...someTokens, model_breakdown: {} },
  write_path_warnings: [],
  write_call_count: 1,
  ...change,
});

interface Change extends Partial<Omit<SettledSession, 'outcome' | 'skillResult'>> {
  readonly outcome?: Partial<SessionOutcome>;
  readonly skillResult?: Partial<SkillResult>;
}

/** A session that succeeded in 90 seconds. */
export const aSettledSession = ({ outcome, skillResult, ...change }: Change = {}): SettledSession => ({
  outcome: {
    kind: 'succeeded',
    subtype: 'success',
    cliSubtype: 'success',
    retryReason: 'none',
    isError: false,
    result: 'plan_path = /work/shop/plan.md',
    worktreePath: null,
    writePathWarnings: [],
    missingOutputs: [],
    ...outcome,
  },
  skillResult: aSkillResult(skillResult),
  ending: 'exited',
  stopReason: null,
  channel: 'channel_a',
  killReason: 'natural_exit',
  pid: 4_242,
  agentLogFile: '/home/me/.claude/projects/-work-shop/session-1.jsonl',
  model: 'sonnet',
  startedAtMs,
  endedAtMs: startedAtMs + 90_000,
  runningMs: 80_000,
  pausedMs: 10_000,
  turns: 2,
  toolCalls: 3,
  writtenPaths: ['/work/shop/plan.md'],
  costUsd: 0.42,
  remarks: [],
  isCloneContaminationReverted: false,
  survivors: [],
  trace: null,
  ...change,
});

/** A session that failed. */
export const aFailedSession = (change: Change = {}): SettledSession =>
  aSettledSession({
    ...change,
    outcome: { kind: 'failed', subtype: 'missing_completion_marker', result: 'no', ...change.outcome },
    skillResult: {
      success: false,
      subtype: 'missing_completion_marker',
      exit_code: 1,
      stderr: 'boom',
      ...change.skillResult,
    },
  });
