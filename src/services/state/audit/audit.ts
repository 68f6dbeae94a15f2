import type { FailureRecord } from '../../../domain/failure-record.schema.ts';
import type { StateFolder } from '../../../domain/state-folder.ts';
import { fileVersionOf } from '../../platform/file-version.ts';
import { createPace } from '../../platform/pace.ts';
import { type AuditFiles, type AuditReading, auditFiles } from './audit-files.ts';
import { type AuditReport, emptyReport } from './audit-report.ts';
import { readFence, writeFence } from './fence.ts';
import { createProgress } from './progress.ts';
import { type ReadAudit, readAudit, windowMs } from './read-audit.ts';
import { createRecordedFailures } from './recorded-failures.ts';

/** The failures of the last 24 hours, of every session that left its record in the state folder. */
export interface Audit {
  /**
   * Reads the state folder and, if that succeeds, replaces what was read before. Takes the same memory for any number of records, and lets the event
   * loop turn every few milliseconds. Bad lines, records and session files are counted in the report; without an index there are no failures.
   *
   * @param options.report called with a short sentence on the progress, at most every 250 ms
   * @throws AppError `unavailable`, naming the file and the fix, if the index or the fence exists but cannot be read
   * @throws the signal's reason, at the latest after one chunk (256 KiB); every file is closed then, and what was read before stays
   *
   * Twice is safe, also at the same time: the one that ends last counts, and `report` notices a clear in between.
   */
  load(options: { readonly signal: AbortSignal; report(detail: string): void }): Promise<void>;

  /**
   * Adds a failure of this server itself, which is in no session file. It is kept in memory only, as long as a failure that was read.
   * Never throws. Safe before the first `load`.
   */
  record(failure: FailureRecord): void;

  /**
   * Reports what was read last and what was recorded. Reads first if nothing was read yet, or if since then a session has settled or the failures were
   * cleared, in any server.
   *
   * @throws as `load` does, with the same promises on cancelling
   *
   * Twice is safe.
   */
  report(signal: AbortSignal): Promise<AuditReport>;

  /**
   * Forgets the failures for every server on this state folder: records up to now, in whole milliseconds, no longer count; later ones do.
   * The fence is on disk, synced, before memory is cleared.
   *
   * @throws AppError `unavailable`, naming the file, if the fence cannot be written; nothing is cleared then
   *
   * Cannot be cancelled. Twice is safe.
   */
  clear(): Promise<void>;
}

export interface AuditDeps {
  readonly stateFolder: StateFolder;
  readonly files?: AuditFiles;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Milliseconds of a monotonic clock. */
  readonly clockMs?: () => number;
}

const chunkBytes = 256 * 1024;
const fenceBytes = 256;

export function createAudit({
  stateFolder,
  files = auditFiles,
  now = Date.now,
  clockMs = () => performance.now(),
}: AuditDeps): Audit {
  const recorded = createRecordedFailures();
  let current: ReadAudit | undefined;

  const readingWith = (signal: AbortSignal, bufferBytes: number): AuditReading => ({
    files,
    signal,
    pace: createPace(clockMs),
    buffer: Buffer.allocUnsafeSlow(bufferBytes),
  });

  async function load(signal: AbortSignal, report: (detail: string) => void): Promise<ReadAudit> {
    const reading = readingWith(signal, chunkBytes);
    const read = await readAudit(reading, stateFolder, now(), createProgress(report, clockMs));
    current = read;
    return read;
  }

  return {
    async load({ signal, report }) {
      await load(signal, report);
    },

    record: recorded.add,

    async report(signal) {
      const fence = await readFence(readingWith(signal, fenceBytes), stateFolder.clearedAtFile);
      signal.throwIfAborted();
      const indexVersion = await fileVersionOf(stateFolder.sessionIndexFile);
      const isCurrent = current !== undefined && fence.atMs <= current.fenceMs && indexVersion === current.indexVersion;
      const { report } = current !== undefined && isCurrent ? current : await load(signal, () => undefined);
      recorded.dropUpTo(Math.max(fence.atMs, now() - windowMs));
      return recorded.addTo(report);
    },

    async clear() {
      const indexVersion = await fileVersionOf(stateFolder.sessionIndexFile);
      const fenceMs = await writeFence(stateFolder.clearedAtFile, now());
      current = { fenceMs, indexVersion, report: emptyReport };
      recorded.dropUpTo(fenceMs);
    },
  };
}
