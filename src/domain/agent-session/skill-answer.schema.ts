import * as z from 'zod';

const tokens = {
  input_tokens: z.number().int(),
  output_tokens: z.number().int(),
  cache_creation_input_tokens: z.number().int(),
  cache_read_input_tokens: z.number().int(),
};

/** The answer of `run_skill`. */
export const skillAnswerSchema = () =>
  z.object({
    success: z.boolean().describe('Whether the session ended with what its skill promises.'),
    result: z.string().describe('The last text of the session, at most its last 5,000 characters.'),
    session_id: z.string().describe("The agent's own id of the session; empty if it named none."),
    subtype: z.string().describe('success, or how it failed: missing_completion_marker, stale, timeout, …'),
    cli_subtype: z.string().describe('How the session ended, as the agent itself reported it.'),
    is_error: z.boolean(),
    exit_code: z.number().int().describe('-1 if the agent did not exit by itself.'),
    kill_reason: z
      .string()
      .describe(
        'natural_exit, kill_after_completion (it had completed and did not exit), infra_kill (it was ended before) or not_applicable.',
      ),
    needs_retry: z.boolean().describe('Whether another attempt may succeed.'),
    retry_reason: z
      .string()
      .describe(
        'Why, as one word; the description of this tool says what to do. contract_recovery, path_contamination: first look at what it wrote.',
      ),
    stderr: z.string().describe('What the agent wrote to stderr, at most the last 5,000 characters.'),
    token_usage: z
      .object({ ...tokens, model_breakdown: z.record(z.string(), z.object(tokens)) })
      .nullable()
      .describe('null: the agent did not say.'),
    write_path_warnings: z.array(z.string()).describe('Paths outside cwd that were written, or named in commands.'),
    write_call_count: z.number().int(),
    worktree_path: z.string().optional().describe('The worktree that it made.'),
    order_id: z.string().optional(),
    stop_reason: z.string().nullable().describe('The limit that ended it: timeout, idle, stale, budget_usd, …'),
    cost_usd: z.number().nullable().describe('null: the price of its model is unknown.'),
    session_dir: z
      .string()
      .nullable()
      .describe('Folder with what the session did, for people (`maitred sessions show`); null: it could not be kept.'),
    remarks: z.array(z.string()).describe('Why it has not succeeded, what else happened, and what to do about it.'),
  });
