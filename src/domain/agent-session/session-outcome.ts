import type { ProcessExit } from '../child-process.ts';
import type { TokenUsage } from './agent-event.ts';
import type { SkillContract } from './skill-contract.ts';
import type { StreamDigest } from './stream-digest.ts';

/** Which limit of a session was spent. */
export type BudgetKind = 'turns' | 'tokens' | 'usd' | 'server_tokens' | 'server_usd';

/**
 * What ended a session, the first of the race.
 * `exited`: its process ended by itself. `completed`: it reported its result, or its log showed it, while the process still ran.
 * `idle`: nothing on stdout for too long. `stale`: nothing in its log for too long. `timedOut`: its deadline. `lostTools`: it
 * started without tools that it needs. `notStarted`: there was no process. `hostDied`: the server was killed while it ran.
 */
export type SessionEnding =
  | 'exited'
  | 'completed'
  | 'idle'
  | 'stale'
  | 'timedOut'
  | 'budget'
  | 'cancelled'
  | 'lostTools'
  | 'notStarted'
  | 'hostDied';

/** Which channel confirmed that a session completed, independent of what ended it: A is its stdout, B is its own log. */
export type ChannelConfirmation = 'channel_a' | 'channel_b' | 'unmonitored' | 'dir_missing';

/** `infra_kill`: it was ended before it completed. `kill_after_completion`: it had completed and did not exit. */
export type KillReason = 'natural_exit' | 'kill_after_completion' | 'infra_kill' | 'exception' | 'not_applicable';

export type RetryReason =
  | 'none'
  | 'resume'
  | 'stale'
  | 'budget_exhausted'
  | 'early_stop'
  | 'zero_writes'
  | 'empty_output'
  | 'drain_race'
  | 'path_contamination'
  | 'contract_recovery'
  | 'clone_contamination';

/** All that is known of a session when it has ended. */
export interface SessionEvidence {
  readonly ending: SessionEnding;
  /** Set where `ending` is `budget`. */
  readonly spent: BudgetKind | null;
  readonly channel: ChannelConfirmation;
  readonly exit: ProcessExit | null;
  readonly killReason: KillReason;
  /** The stream of all its rounds. */
  readonly digest: StreamDigest;
  readonly stderrTail: string;
  /** The line that the session ends with; null: none was asked for. */
  readonly marker: string | null;
  readonly contract: SkillContract;
  /** Absolute. */
  readonly cwd: string;
  /** How often the same command has ended retriable in a row before. */
  readonly retriesBefore: number;
  /** Whether a nudge has been tried. */
  readonly wasNudged: boolean;
}

/** The outcome of a session. `succeeded` and `needsRetry` are never both true. */
export interface SessionOutcome {
  readonly kind: 'succeeded' | 'retriable' | 'failed';
  /** `success`, or why not: `missing_completion_marker`, `stale`, `timeout`, `budget_turns`, … */
  readonly subtype: string;
  /** As the agent reported it, or what its output was instead: `unparseable`, `empty_output`, … */
  readonly cliSubtype: string;
  readonly retryReason: RetryReason;
  readonly isError: boolean;
  /** The result text without the marker, complete. */
  readonly result: string;
  /** From an output line `worktree_path = …`; null: none. */
  readonly worktreePath: string | null;
  /** Absolute paths that were written outside the working directory, as sentences. */
  readonly writePathWarnings: readonly string[];
  /** Output lines of the contract that the result lacks; a nudge asks for these. */
  readonly missingOutputs: readonly string[];
}

/** The answer of `run_skill`, with the keys of the wire. */
export interface SkillResult {
  readonly success: boolean;
  readonly result: string;
  readonly session_id: string;
  readonly subtype: string;
  readonly cli_subtype: string;
  readonly is_error: boolean;
  readonly exit_code: number;
  readonly kill_reason: KillReason;
  readonly needs_retry: boolean;
  readonly retry_reason: RetryReason;
  readonly stderr: string;
  readonly token_usage: (TokenUsage & { readonly model_breakdown: Readonly<Record<string, TokenUsage>> }) | null;
  readonly write_path_warnings: readonly string[];
  readonly write_call_count: number;
  readonly worktree_path?: string;
  readonly order_id?: string;
}
