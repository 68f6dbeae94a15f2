import { countText } from '../../../domain/count-text.ts';

/** Says from time to time how far the reading has come. */
export interface Progress {
  countRecord(): void;
  countSession(): void;
  /** Reports, if the last report was long enough ago. */
  tell(): void;
}

const everyMs = 250;

/** @param clockMs a clock that never goes back */
export function createProgress(report: (detail: string) => void, clockMs: () => number): Progress {
  let records = 0;
  let sessions = 0;
  let toldAtMs = clockMs();
  return {
    countRecord() {
      records += 1;
    },
    countSession() {
      sessions += 1;
    },
    tell() {
      const nowMs = clockMs();
      if (nowMs - toldAtMs < everyMs) return;
      toldAtMs = nowMs;
      report(`${countText(records, 'record')} in ${countText(sessions, 'session')}`);
    },
  };
}
