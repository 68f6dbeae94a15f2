import { type FailureRecord, failureRecordLimits } from '../../../domain/failure-record.schema.ts';

/** Keeps the newest failures, and counts all. */
export interface NewestFailures {
  add(record: FailureRecord, atMs: number): void;
  readonly total: number;
  /** Newest first; of those at the same instant, the one added last is first. */
  list(): readonly FailureRecord[];
}

export function createNewestFailures(capacity: number): NewestFailures {
  /** Oldest first. */
  const kept: { readonly atMs: number; readonly record: FailureRecord }[] = [];
  let total = 0;
  return {
    get total() {
      return total;
    },
    add(record, atMs) {
      total += 1;
      const oldest = kept[0];
      if (kept.length >= capacity && oldest !== undefined && atMs < oldest.atMs) return;
      const place = kept.findLastIndex((other) => other.atMs <= atMs) + 1;
      kept.splice(place, 0, { atMs, record: truncate(record) });
      if (kept.length > capacity) kept.shift();
    },
    list: () => kept.map(({ record }) => record).reverse(),
  };
}

/** Truncates the texts of the record to their limits. */
function truncate(record: FailureRecord): FailureRecord {
  return {
    ...record,
    skill_command: truncateText(record.skill_command, failureRecordLimits.skill_command),
    subtype: truncateText(record.subtype, failureRecordLimits.subtype),
    retry_reason: truncateText(record.retry_reason, failureRecordLimits.retry_reason),
    stderr: truncateText(record.stderr, failureRecordLimits.stderr),
  };
}

function truncateText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const characters = Array.from(text.slice(0, 2 * limit)).slice(0, limit);
  return characters.join('');
}
