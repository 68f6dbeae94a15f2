import type { FailureRecord } from './failure-record.schema.ts';
import { firstCharacters } from './shorten-texts.ts';

/** How long the texts of a record may be, in characters (code points). */
export const failureRecordLimits = {
  skill_command: 200,
  subtype: 200,
  retry_reason: 200,
  stderr: 500,
} as const satisfies Partial<Record<keyof FailureRecord, number>>;

/** Truncates the texts of the record to their limits. */
export function truncateFailure(record: FailureRecord): FailureRecord {
  return {
    ...record,
    skill_command: firstCharacters(record.skill_command, failureRecordLimits.skill_command),
    subtype: firstCharacters(record.subtype, failureRecordLimits.subtype),
    retry_reason: firstCharacters(record.retry_reason, failureRecordLimits.retry_reason),
    stderr: firstCharacters(record.stderr, failureRecordLimits.stderr),
  };
}
