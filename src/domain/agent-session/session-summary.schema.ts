import * as z from 'zod';

const text = z.string().catch('');
const number = z.number().nullable().catch(null);
const count = z.number().nonnegative().catch(0);
const texts = z.array(z.string()).catch([]);

/** What the index and the summary share. Earlier and foreign writers left keys out: those are empty, or null where that is a fact. */
const shared = {
  key: text,
  session_id: text,
  /** The name of its folder in the session log. */
  dir_name: z.string().regex(/^[^./\\\0][^/\\\0]{0,254}$/),
  agent: text,
  model: z.string().nullable().catch(null),
  skill_command: text,
  step_name: text,
  order_id: text,
  kitchen_id: text,
  cwd: text,
  success: z.boolean().catch(false),
  needs_retry: z.boolean().catch(false),
  subtype: text,
  cli_subtype: text,
  exit_code: number,
  input_tokens: count,
  output_tokens: count,
  cache_creation_input_tokens: count,
  cache_read_input_tokens: count,
  /** null: unknown. */
  cost_usd: number,
  write_call_count: count,
};

/** Reads a line of the index of settled sessions. */
export const settledEntrySchema = z.object({
  ...shared,
  /** When it ended. */
  timestamp: z.iso.datetime({ offset: true }),
  elapsed_seconds: number,
});

export type SettledEntry = Readonly<z.infer<typeof settledEntrySchema>>;

/** Reads `summary.json`. */
export const sessionSummarySchema = z.object({
  ...shared,
  pid: number,
  claude_code_log: z.string().nullable().catch(null),
  start_ts: text,
  end_ts: text,
  running_seconds: number,
  paused_seconds: number,
  turns: number,
  tool_calls: number,
  ending: text,
  stop_reason: z.string().nullable().catch(null),
  kill_reason: text,
  retry_reason: text,
  channel_confirmation: text,
  written_paths: texts,
  write_path_warnings: texts,
  /** Why it has not succeeded, and what went wrong beside it. */
  remarks: texts,
  /** Of its agent. null: no snapshot was taken. */
  peak_rss_kb: number,
  anomaly_count: count,
});

export type SessionSummary = Readonly<z.infer<typeof sessionSummarySchema>>;
