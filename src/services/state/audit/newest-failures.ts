import type { FailureRecord } from '../../../domain/failure-record.schema.ts';
import { truncateFailure } from '../../../domain/failure-record.ts';

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
      kept.splice(place, 0, { atMs, record: truncateFailure(record) });
      if (kept.length > capacity) kept.shift();
    },
    list: () => kept.map(({ record }) => record).reverse(),
  };
}
