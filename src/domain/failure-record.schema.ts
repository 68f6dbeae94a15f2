import * as z from 'zod';

/** An instant in ISO 8601 with `Z` or an offset; a time without a zone is ambiguous across machines and is rejected. */
export const timestampSchema = z.iso.datetime({ offset: true }).max(64);

/** The outcome of one run of a skill. Other keys are dropped. */
export const failureRecordSchema = z.object({
  timestamp: timestampSchema.describe('When the run ended.'),
  skill_command: z.string().describe('The command that was run, truncated to 200 characters.'),
  exit_code: z.int().describe('Exit code of the agent process; negative if a signal ended it or there is none.'),
  subtype: z.string().describe('Outcome of the session; "success" if it succeeded.'),
  needs_retry: z.boolean().describe('Whether the run should be tried again.'),
  retry_reason: z.string().describe('Why it should be tried again; "none" if it should not.'),
  stderr: z
    .string()
    .describe('The end of stderr, or why an agent session has not succeeded; truncated to 500 characters.'),
});

export type FailureRecord = Readonly<z.infer<typeof failureRecordSchema>>;

/** Whether the run failed. Successful runs write a record too (exit code 0, "success", no retry); it is not counted. */
export function isFailure(record: FailureRecord): boolean {
  return record.exit_code !== 0 || record.subtype !== 'success' || record.needs_retry;
}
