import { isAppError } from '../../../domain/app-error.ts';
import { type FailureRecord, failureRecordSchema } from '../../../domain/failure-record.schema.ts';
import { type AuditReading, readChunks } from './audit-files.ts';
import { createJsonArrayScanner, type ScannedElement } from './json-array-scanner.ts';

/** Receives what is found. */
export interface RecordTaker {
  /** @param record null for an element that is not a record, or too long to be one */
  takeRecord(record: FailureRecord | null): void;
  /** A file that does not exist or is not a complete array of records; records before the defect were taken. */
  skipFile(): void;
  /** Called after each chunk. */
  endChunk(): void;
}

const maxRecordBytes = 1024 * 1024;

/** Reads the records of one session. Defects of the file are counted, not thrown. */
export async function readSessionRecords(reading: AuditReading, path: string, taker: RecordTaker): Promise<void> {
  const { pace, signal } = reading;
  const scanner = createJsonArrayScanner(maxRecordBytes);
  try {
    for await (const chunk of readChunks(reading, path)) {
      for (const element of scanner.scan(chunk)) {
        take(element, taker);
        if (pace.isDue) await pace.yieldOnce(signal);
      }
      taker.endChunk();
      if (scanner.isDamaged) break;
    }
    if (!scanner.isComplete) taker.skipFile();
  } catch (error) {
    signal.throwIfAborted();
    if (!isAppError(error)) throw error;
    taker.skipFile();
  }
}

function take(element: ScannedElement, taker: RecordTaker): void {
  const record = element.kind === 'value' ? failureRecordSchema.safeParse(element.value) : undefined;
  taker.takeRecord(record?.success ? record.data : null);
}
