import type { PendingCallsOptions } from '../front/pending-calls.ts';

type Calls = Parameters<PendingCallsOptions['onEdge']>[0];

/** Calls that come and go within one turn are not reported to the chart: most of them do, many a turn. */
export function reportCallsAfterTurn(report: (calls: Calls) => void): (calls: Calls) => void {
  let reported: Calls = { inFlight: false, waiting: false };
  let latest = reported;
  let isScheduled = false;
  const reportIfNew = () => {
    isScheduled = false;
    if (latest.inFlight === reported.inFlight && latest.waiting === reported.waiting) return;
    reported = latest;
    report(reported);
  };
  return (calls) => {
    latest = calls;
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(reportIfNew);
  };
}
