import type { ProcessExit } from '../child-process.ts';
import { lastCharacters } from '../shorten-texts.ts';
import type { KillReason, SessionOutcome, SkillResult } from './session-outcome.ts';
import { type StreamDigest, usageOf } from './stream-digest.ts';

const mostTextCharacters = 5_000;

/** The answer of `run_skill`. Of its texts it has the ends. */
export function skillResultOf(
  outcome: SessionOutcome,
  session: {
    readonly digest: StreamDigest;
    readonly exit: ProcessExit | null;
    readonly killReason: KillReason;
    readonly stderrTail: string;
    /** Empty if the agent has named none. */
    readonly sessionId: string;
    /** Empty for none. */
    readonly orderId: string;
  },
): SkillResult {
  return {
    success: outcome.kind === 'succeeded',
    result: endOf(outcome.result),
    session_id: session.sessionId,
    subtype: outcome.subtype,
    cli_subtype: outcome.cliSubtype,
    is_error: outcome.isError,
    exit_code: session.exit?.code ?? -1,
    kill_reason: session.killReason,
    needs_retry: outcome.kind === 'retriable',
    retry_reason: outcome.retryReason,
    stderr: endOf(session.stderrTail),
    token_usage: usageOf(session.digest),
    write_path_warnings: outcome.writePathWarnings,
    write_call_count: session.digest.writes,
    ...(outcome.worktreePath === null ? {} : { worktree_path: outcome.worktreePath }),
    ...(session.orderId === '' ? {} : { order_id: session.orderId }),
  };
}

function endOf(text: string): string {
  if (text.length <= mostTextCharacters) return text;
  const end = lastCharacters(text, mostTextCharacters);
  return `...[truncated ${text.length - end.length} chars]...\n${end}`;
}
