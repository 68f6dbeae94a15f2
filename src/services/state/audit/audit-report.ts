import type { FailureRecord } from '../../../domain/failure-record.schema.ts';

/** The newest failures that a report holds; the others are counted. */
export const failuresKept = 200;

/** The failures of the last 24 hours before the audit was read, or since it was cleared. */
export interface AuditReport {
  /** Exact, also where not all are listed. */
  readonly totalFailures: number;
  /** Newest first, at most 200. */
  readonly failures: readonly FailureRecord[];
  /** Failures that are counted but not listed. */
  readonly omitted: number;
  /** What could not be read and is therefore not counted. */
  readonly skipped: {
    /** Lines of the session index, and the fence if it holds no timestamp. */
    readonly lines: number;
    /** Elements of session files that are not a record, or longer than 1 MiB. */
    readonly records: number;
    /** Session files that are missing, unreadable, or damaged; records before the damage count. */
    readonly files: number;
  };
}

export const emptyReport: AuditReport = {
  totalFailures: 0,
  failures: [],
  omitted: 0,
  skipped: { lines: 0, records: 0, files: 0 },
};
