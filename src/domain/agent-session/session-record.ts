import type { AgentEvent } from './agent-event.ts';
import type { ChannelConfirmation, KillReason, SessionEnding, SessionOutcome, SkillResult } from './session-outcome.ts';
import type { SessionBudget } from './session-spec.ts';
import type { SessionState } from './session-state.ts';
import type { SkillContract } from './skill-contract.ts';
import type { TraceDigest } from './trace-digest.ts';

/** A session that has not settled: `record.json` in its folder. Whether its owner lives is in that server's record, with its heartbeat. */
export interface RunningSession {
  readonly schema_version: 1;
  /** `<server id>.<number>`; the name of its folder. */
  readonly key: string;
  readonly server_id: string;
  readonly agent: string;
  /** Empty until the agent has named it. */
  readonly session_id: string;
  /** Of the process that runs now; null: none does. */
  readonly pid: number | null;
  readonly skill_command: string;
  readonly step_name: string;
  readonly order_id: string;
  /** As `AgentSessionSpec.stepKey`. */
  readonly step_key: string | null;
  readonly kitchen_id: string;
  readonly cwd: string;
  readonly model: string | null;
  /** ISO 8601, as all times here. */
  readonly started_at: string;
  readonly state: SessionState;
  readonly state_since: string;
  /** When the present state ends at the latest; null: at no set time. */
  readonly state_deadline: string | null;
  readonly waits_for: string;
  readonly budget: SessionBudget;
  /** What is needed to adjudicate it, should its server die. */
  readonly marker: string | null;
  readonly contract: SkillContract;
}

/** A line of `events.jsonl`: what the session did, in order. Texts are without secrets and truncated. */
export type SessionEvent = { readonly at: string } & (
  | AgentEvent
  | { readonly type: 'state'; readonly state: SessionState; readonly reason: string | null }
  /** The last line of a file that had reached its size: how many events are not in it. */
  | { readonly type: 'leftOut'; readonly events: number }
);

/** How a session ended, complete. */
export interface SettledSession {
  readonly outcome: SessionOutcome;
  readonly skillResult: SkillResult;
  readonly ending: SessionEnding;
  /** Which limit ended it, as a word: `timeout`, `budget_usd`; null: none did. */
  readonly stopReason: string | null;
  readonly channel: ChannelConfirmation;
  readonly killReason: KillReason;
  readonly pid: number | null;
  /** The agent's own log file; null: none, or not found. */
  readonly agentLogFile: string | null;
  readonly model: string | null;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** Without pauses. */
  readonly runningMs: number;
  readonly pausedMs: number;
  readonly turns: number;
  readonly toolCalls: number;
  readonly writtenPaths: readonly string[];
  /** null: unknown. */
  readonly costUsd: number | null;
  /** Why it has not succeeded, and what went wrong beside it, as sentences. */
  readonly remarks: readonly string[];
  readonly isCloneContaminationReverted: boolean;
  /** Processes that could not be ended. */
  readonly survivors: readonly number[];
  /** What snapshots of its processes show; null: none was taken. */
  readonly trace: TraceDigest | null;
}
