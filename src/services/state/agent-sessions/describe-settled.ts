import { tokensOf } from '../../../domain/agent-session/agent-event.ts';
import type { SessionEnding } from '../../../domain/agent-session/session-outcome.ts';
import type { RunningSession, SettledSession } from '../../../domain/agent-session/session-record.ts';
import { stepAnswerOf } from '../../../domain/agent-session/skill-answer.ts';
import { encodeJson } from '../../../domain/encode-json.ts';
import type { FailureRecord } from '../../../domain/failure-record.schema.ts';
import { failureRecordLimits, truncateFailure } from '../../../domain/failure-record.ts';
import type { JsonObject } from '../../../domain/json-object.ts';
import type { Redactor } from '../../../domain/redact.ts';
import { firstCharacters, shortenTexts } from '../../../domain/shorten-texts.ts';

/** What is written about a settled session. Texts are without secrets and truncated. */
export interface SettledFiles {
  /** `summary.json`; everything in its index line comes from it. */
  readonly summary: JsonObject;
  /** The other files: their names and texts. */
  readonly others: Readonly<Record<string, string>>;
}

const mostCharacters = 4_096;
const mostCharactersOfCrash = 65_536;
const mostCharactersInIndex = 100;

const terminationReasons: Readonly<Record<SessionEnding, string>> = {
  exited: 'natural_exit',
  completed: 'completed',
  idle: 'idle_stall',
  stale: 'stale',
  timedOut: 'timed_out',
  budget: 'budget',
  cancelled: 'cancelled',
  lostTools: 'lost_tools',
  notStarted: 'not_started',
  hostDied: 'crashed',
};

export function describeSettled(record: RunningSession, settled: SettledSession, redact: Redactor): SettledFiles {
  const summary = summaryOf(record, settled);
  const { outcome, skillResult } = settled;
  const { step_name, order_id } = record;
  const usage = skillResult.token_usage;
  const others = {
    'audit_log.json': [failureRecordOf(record, settled, redact)],
    ...(step_name !== '' && {
      'step_timing.json': { step_name, total_seconds: summary.running_seconds, order_id },
    }),
    ...(step_name !== '' &&
      usage !== null && {
        'token_usage.json': { step_name, ...tokensOf(usage), timing_seconds: summary.running_seconds, order_id },
      }),
    ...(record.step_key !== null && { 'step_answer.json': stepAnswerOf(settled) }),
  };
  const withoutSecrets = (value: object, most = mostCharacters) =>
    shortenTexts(redact.value(value), most) as JsonObject;
  const texts = Object.entries(others).map(
    ([name, value]) => [name, `${encodeJson(redact.value(value), 2)}\n`] as const,
  );
  const crash = `${outcome.result}\n${skillResult.stderr}\n`;
  return {
    // What finds the session must be as it was given.
    summary: { ...withoutSecrets(summary), ...(record.step_key !== null && { step_key: record.step_key }) },
    others: {
      ...Object.fromEntries(texts),
      ...(outcome.subtype === 'crashed' && {
        'crash_exception.txt': shortenTexts(redact.text(crash), mostCharactersOfCrash),
      }),
    },
  };
}

/** A key whose value is unknown is undefined, and not in the JSON. */
function summaryOf(record: RunningSession, settled: SettledSession) {
  const { outcome, skillResult, startedAtMs, endedAtMs, trace } = settled;
  const usage = skillResult.token_usage;
  return {
    key: record.key,
    server_id: record.server_id,
    agent: record.agent,
    session_id: skillResult.session_id || record.session_id,
    pid: settled.pid,
    cwd: record.cwd,
    claude_code_log: settled.agentLogFile,
    skill_command: record.skill_command,
    step_name: record.step_name,
    order_id: record.order_id,
    kitchen_id: record.kitchen_id,
    model: settled.model,
    success: outcome.kind === 'succeeded',
    needs_retry: outcome.kind === 'retriable',
    retry_reason: outcome.retryReason,
    subtype: outcome.subtype,
    cli_subtype: outcome.cliSubtype,
    exit_code: skillResult.exit_code,
    ending: settled.ending,
    termination_reason: terminationReasons[settled.ending],
    kill_reason: settled.killReason,
    stop_reason: settled.stopReason,
    channel_confirmation: settled.channel,
    start_ts: new Date(startedAtMs).toISOString(),
    end_ts: new Date(endedAtMs).toISOString(),
    duration_seconds: secondsOf(endedAtMs - startedAtMs),
    running_seconds: secondsOf(settled.runningMs),
    paused_seconds: secondsOf(settled.pausedMs),
    turns: settled.turns,
    tool_calls: settled.toolCalls,
    ...(usage === null ? {} : tokensOf(usage)),
    cost_usd: settled.costUsd,
    write_call_count: skillResult.write_call_count,
    written_paths: settled.writtenPaths,
    write_path_warnings: outcome.writePathWarnings,
    remarks: settled.remarks,
    clone_contamination_reverted: settled.isCloneContaminationReverted,
    survivors: settled.survivors,
    snapshot_count: trace?.snapshots ?? 0,
    anomaly_count: trace?.anomalies ?? 0,
    peak_rss_kb: trace?.peakRssKb,
    peak_oom_score: trace?.peakOomScore ?? undefined,
    peak_fd_ratio: trace?.peakFdRatio ?? undefined,
    tracked_comm: trace?.trackedComm,
    tracked_comm_drift: trace?.hasDrifted,
    tracer_target_resolution_version: 2,
    recovered_from: settled.ending === 'hostDied' ? 'record' : undefined,
  };
}

/** Success writes a record too, which is not counted as a failure: exit code 0, "success", no retry. */
function failureRecordOf(record: RunningSession, settled: SettledSession, redact: Redactor): FailureRecord {
  const { outcome, skillResult, endedAtMs } = settled;
  const hasSucceeded = outcome.kind === 'succeeded';
  const words = skillResult.stderr.trimEnd();
  const reasons = [words, ...settled.remarks.filter((remark) => !words.includes(remark))].filter((text) => text !== '');
  const stderr = redact.text(reasons.join('\n'));
  return truncateFailure({
    timestamp: new Date(endedAtMs).toISOString(),
    skill_command: redact.text(record.skill_command),
    exit_code: hasSucceeded ? 0 : skillResult.exit_code,
    subtype: hasSucceeded ? 'success' : redact.text(outcome.subtype),
    needs_retry: outcome.kind === 'retriable',
    retry_reason: outcome.retryReason,
    stderr: hasSucceeded ? '' : stderr.slice(-failureRecordLimits.stderr),
  });
}

/** The line of a session in the index. @param summary as in its file */
export function indexEntryOf(summary: JsonObject): JsonObject & { readonly dir_name: string } {
  const command = String(summary.skill_command);
  return {
    session_id: summary.session_id,
    dir_name: String(summary.dir_name),
    key: summary.key,
    step_key: summary.step_key,
    timestamp: summary.end_ts,
    cwd: summary.cwd,
    kitchen_id: summary.kitchen_id,
    order_id: summary.order_id,
    claude_code_log: summary.claude_code_log,
    agent: summary.agent,
    model: summary.model,
    skill_command: firstCharacters(command, mostCharactersInIndex),
    step_name: summary.step_name,
    success: summary.success,
    needs_retry: summary.needs_retry,
    subtype: summary.subtype,
    cli_subtype: summary.cli_subtype,
    exit_code: summary.exit_code,
    elapsed_seconds: summary.running_seconds,
    input_tokens: summary.input_tokens ?? 0,
    output_tokens: summary.output_tokens ?? 0,
    cache_creation_input_tokens: summary.cache_creation_input_tokens ?? 0,
    cache_read_input_tokens: summary.cache_read_input_tokens ?? 0,
    cost_usd: summary.cost_usd,
    write_call_count: summary.write_call_count,
    snapshot_count: summary.snapshot_count,
    anomaly_count: summary.anomaly_count,
    peak_rss_kb: summary.peak_rss_kb,
    peak_oom_score: summary.peak_oom_score,
    tracked_comm: summary.tracked_comm,
    tracked_comm_drift: summary.tracked_comm_drift,
  };
}

const secondsOf = (ms: number): number => Math.max(0, Math.round(ms)) / 1_000;
