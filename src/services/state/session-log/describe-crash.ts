import { crashedDirNameOf } from '../../../domain/crashed-session.ts';
import type { Enrollment } from '../../../domain/enrollment.schema.ts';
import type { FailureRecord } from '../../../domain/failure-record.schema.ts';
import type { TraceDigest } from './copy-trace.ts';

/** What is written about a crash. A key whose value is unknown is undefined, and not in the JSON. */
export function describeCrash(enrollment: Enrollment, traceMtimeMs: number, digest: TraceDigest) {
  const { pid, session_id, kitchen_id, order_id, enrolled_at } = enrollment;
  const endedAt = digest.lastCapturedAt ?? new Date(traceMtimeMs).toISOString();
  const timestamp = new Date(endedAt).toISOString();
  const shared = {
    session_id,
    dir_name: crashedDirNameOf(enrollment),
    cwd: '',
    claude_code_log: null,
    skill_command: '',
    success: false,
    subtype: 'crashed',
    cli_subtype: 'unknown',
    exit_code: -1,
    snapshot_count: digest.snapshots,
    anomaly_count: 0,
    peak_rss_kb: digest.peakRssKb,
    peak_oom_score: digest.peakOomScore,
    write_call_count: 0,
    tracked_comm: digest.trackedComm,
    tracked_comm_drift: digest.hasDrifted,
  };
  return {
    summary: {
      ...shared,
      pid,
      start_ts: enrolled_at,
      end_ts: endedAt,
      duration_seconds: (Date.parse(endedAt) - Date.parse(enrolled_at)) / 1_000,
      trace_lines_left_out: digest.leftOutLines,
      peak_fd_ratio: digest.peakFdRatio,
      termination_reason: 'crashed',
      kill_reason: 'not_applicable',
      write_path_warnings: [],
      clone_contamination_reverted: false,
      tracer_target_resolution_version: 2,
      recovered_from: 'trace',
    },
    auditLog: [
      {
        timestamp,
        skill_command: '',
        exit_code: -1,
        subtype: 'crashed',
        needs_retry: true,
        retry_reason: 'resume',
        stderr: `the session's process ${pid} was gone when maitred started; recovered from its trace`,
      },
    ] satisfies readonly FailureRecord[],
    /** A line of the index. */
    indexEntry: { ...shared, timestamp, kitchen_id, order_id, step_name: '', input_tokens: 0, output_tokens: 0 },
  };
}
