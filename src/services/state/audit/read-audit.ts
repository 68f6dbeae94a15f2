import { type FailureRecord, isFailure } from '../../../domain/failure-record.schema.ts';
import type { StateFolder } from '../../../domain/state-folder.ts';
import { fileVersionOf } from '../../platform/file-version.ts';
import type { AuditReading } from './audit-files.ts';
import { type AuditReport, failuresKept } from './audit-report.ts';
import { readFence } from './fence.ts';
import { instantOf } from './instant.ts';
import { createNewestFailures } from './newest-failures.ts';
import type { Progress } from './progress.ts';
import { readSessionIndex } from './session-index.ts';
import { readSessionRecords } from './session-records.ts';

/** What was read, and the fence and the index at that time. */
export interface ReadAudit {
  readonly fenceMs: number;
  readonly indexVersion: string;
  readonly report: AuditReport;
}

/** How far back failures count. */
export const windowMs = 24 * 60 * 60 * 1_000;

/** Reads the whole audit: the fence, then the index, then session after session. */
export async function readAudit(
  reading: AuditReading,
  stateFolder: StateFolder,
  nowMs: number,
  progress: Progress,
): Promise<ReadAudit> {
  const fence = await readFence(reading, stateFolder.clearedAtFile);
  const windowStartMs = nowMs - windowMs;
  const indexFile = stateFolder.sessionIndexFile;
  const indexVersion = await fileVersionOf(indexFile);
  const index = await readSessionIndex(reading, indexFile, Math.max(windowStartMs, fence.atMs), () => null);

  const failures = createNewestFailures(failuresKept);
  const skipped = { lines: index.skippedLines + (fence.isBad ? 1 : 0), records: 0, files: 0 };
  const taker = {
    takeRecord(record: FailureRecord | null) {
      progress.countRecord();
      if (record === null) skipped.records += 1;
      if (record === null || !isFailure(record)) return;
      const atMs = instantOf(record.timestamp);
      if (atMs >= windowStartMs && atMs > fence.atMs) failures.add(record, atMs);
    },
    skipFile() {
      skipped.files += 1;
    },
    endChunk: progress.reportIfDue,
  };
  // Newest first: the failures that are kept are found early, and the later ones are only counted.
  for (const dirName of [...index.sessions.keys()].reverse()) {
    await readSessionRecords(reading, `${stateFolder.sessionsDir}/${dirName}/audit_log.json`, taker);
    progress.countSession();
  }

  reading.signal.throwIfAborted();
  const list = failures.list();
  return {
    fenceMs: fence.atMs,
    indexVersion,
    report: {
      totalFailures: failures.total,
      failures: list,
      omitted: failures.total - list.length,
      skipped,
    },
  };
}
