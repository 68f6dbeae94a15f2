import type { Fault } from '../domain/app-error.ts';
import type { ProgressToken } from '../domain/json-rpc.ts';
import { startInterval } from '../domain/timers.ts';
import type { TrackedCall } from './pending-call.ts';
import type { Readiness } from './readiness.ts';

const tickMs = 250;
const progressEveryMs = 500;

export interface WaitingCallsOptions {
  readonly maxWaiting: number;
  /** How long a call may wait; then it is refused with `not_ready`. */
  readonly waitMs: number;
  readonly hasSettings: boolean;
  readonly readiness: Readiness;
  sendProgress(token: ProgressToken, progress: number, message: string): void;
  /** Called when a call has started to wait, and after each check of the waiting ones. */
  onChange(): void;
}

/** Calls that wait for tasks or a slot, in order of arrival. Each gets progress, and none waits longer than its limit. */
export interface WaitingCalls extends Iterable<TrackedCall> {
  readonly size: number;
  /** @param onReady called when it may run; null: it is parked until somebody removes it */
  add(
    call: TrackedCall,
    waitsFor: readonly string[],
    onReady: (() => void) | null,
    onRefused: (fault: Fault) => void,
  ): void;
  /** It waits no longer. Twice is safe. */
  remove(call: TrackedCall): void;
  refuse(call: TrackedCall, fault: Fault): void;
  /** Runs the calls whose needs are met and for which `canRun` is true; refuses calls with a need that has failed. */
  reconsider(canRun: (call: TrackedCall) => boolean): void;
}

export function createWaitingCalls(options: WaitingCallsOptions): WaitingCalls {
  const { maxWaiting, waitMs, readiness } = options;
  const calls = new Set<TrackedCall>();
  let ticker: NodeJS.Timeout | undefined;

  const remove = (call: TrackedCall) => {
    calls.delete(call);
    if (calls.size > 0) return;
    clearInterval(ticker);
    ticker = undefined;
  };
  const refuse = (call: TrackedCall, fault: Fault) => {
    remove(call);
    call.state = 'arrived';
    call.onRefused(fault);
  };
  const reportProgress = (call: TrackedCall, nowMs: number) => {
    if (call.progressToken === undefined || nowMs - call.lastProgressMs < progressEveryMs) return;
    call.lastProgressMs = nowMs;
    const waitedSeconds = (nowMs - call.arrivedAtMs) / 1_000;
    options.sendProgress(call.progressToken, waitedSeconds, readiness.explain(call.waitsFor, nowMs));
  };
  const tick = () => {
    const nowMs = Date.now();
    for (const call of [...calls]) {
      if (nowMs - call.arrivedAtMs >= waitMs) refuse(call, readiness.notReady(call.waitsFor, nowMs));
      else reportProgress(call, nowMs);
    }
    options.onChange();
  };

  return {
    [Symbol.iterator]: () => calls.values(),
    get size() {
      return calls.size;
    },
    add(call, waitsFor, onReady, onRefused) {
      if (calls.size >= maxWaiting) {
        onRefused({
          code: 'unavailable',
          message: `${maxWaiting} calls wait already${options.hasSettings ? ' (wire.max_waiting)' : ''}. Call again later.`,
        });
        return;
      }
      Object.assign(call, { state: 'waiting', waitsFor, onReady, onRefused });
      calls.add(call);
      ticker ??= startInterval(tick, Math.min(tickMs, waitMs));
      // A call that is about to be refused gets none.
      if (readiness.failureOf(waitsFor) === null) reportProgress(call, Date.now());
      options.onChange();
    },
    remove,
    refuse,
    reconsider(canRun) {
      for (const call of [...calls]) {
        const failed = readiness.failureOf(call.waitsFor);
        if (failed !== null) refuse(call, failed);
        else if (call.onReady !== null && readiness.unmet(call.waitsFor).length === 0 && canRun(call)) {
          remove(call);
          call.onReady();
        }
      }
    },
  };
}
