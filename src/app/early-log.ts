import type { LogLevel } from '../domain/early-settings.ts';
import { type Log, type LogFields, type LogRecord, logThrough } from '../domain/log-record.ts';

/** Keeps the first lines of the log until the logger is loaded. */
export interface EarlyLog {
  readonly log: Log;
  readonly isHandedOver: boolean;
  /** Gives what was kept, and from now on every line, to the logger. */
  handOver(write: (record: LogRecord) => void): void;
}

const mostKept = 1_000;

/** @param bound fields of every line */
export function createEarlyLog(bound: LogFields, threshold: () => LogLevel): EarlyLog {
  const kept: LogRecord[] = [];
  let writeOn: ((record: LogRecord) => void) | null = null;
  return {
    log: logThrough(
      (record) => {
        if (writeOn !== null) writeOn(record);
        else if (kept.length < mostKept) kept.push(record);
      },
      bound,
      threshold,
    ),
    get isHandedOver() {
      return writeOn !== null;
    },
    handOver(write) {
      writeOn = write;
      for (const record of kept.splice(0)) write(record);
    },
  };
}
