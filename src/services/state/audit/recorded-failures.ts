import type { FailureRecord } from '../../../domain/failure-record.schema.ts';
import { type AuditReport, failuresKept } from './audit-report.ts';
import { instantOf } from './instant.ts';
import { createNewestFailures } from './newest-failures.ts';

/** Failures that this server recorded itself, with the bounds of those that it reads. */
export interface RecordedFailures {
  add(failure: FailureRecord): void;
  /** Drops failures up to this time. */
  dropUpTo(atMs: number): void;
  addTo(report: AuditReport): AuditReport;
}

export function createRecordedFailures(): RecordedFailures {
  let newest = createNewestFailures(failuresKept);
  const add = (failure: FailureRecord) => newest.add(failure, instantOf(failure.timestamp));

  return {
    add,
    dropUpTo(atMs) {
      const kept = newest.list();
      const left = kept.filter(({ timestamp }) => instantOf(timestamp) > atMs);
      // Failures that are only counted are older than all that are kept.
      if (left.length === kept.length) return;
      newest = createNewestFailures(failuresKept);
      for (const failure of left.toReversed()) add(failure);
    },
    addTo(report) {
      if (newest.total === 0) return report;
      const totalFailures = report.totalFailures + newest.total;
      const failures = [...newest.list(), ...report.failures].sort(newestFirst).slice(0, failuresKept);
      return { ...report, totalFailures, failures, omitted: totalFailures - failures.length };
    },
  };
}

const newestFirst = (one: FailureRecord, other: FailureRecord) => instantOf(other.timestamp) - instantOf(one.timestamp);
