import { countText } from '../../../domain/count-text.ts';

/** Reports the progress of the reading now and then. */
export interface Progress {
  countRecord(): void;
  countSession(): void;
  /** Reports, unless the last report is less than 250 ms old. */
  reportIfDue(): void;
}

const everyMs = 250;

/** @param clockMs a monotonic clock */
export function createProgress(report: (detail: string) => void, clockMs: () => number): Progress {
  let records = 0;
  let sessions = 0;
  let reportedAtMs = clockMs();
  return {
    countRecord() {
      records += 1;
    },
    countSession() {
      sessions += 1;
    },
    reportIfDue() {
      const nowMs = clockMs();
      if (nowMs - reportedAtMs < everyMs) return;
      reportedAtMs = nowMs;
      report(`${countText(records, 'record')} in ${countText(sessions, 'session')}`);
    },
  };
}
