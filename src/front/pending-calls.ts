import { AppError, appErrorOf, type Fault } from '../domain/app-error.ts';
import type { ProgressToken, RequestId } from '../domain/json-rpc.ts';
import { createListeners } from '../domain/listeners.ts';
import { RenewedMap } from '../domain/renewed-map.ts';
import { type PendingCall, TrackedCall } from './pending-call.ts';
import { createReadiness, type TaskView } from './readiness.ts';
import { createWaitingCalls } from './waiting-calls.ts';

export interface PendingCallsOptions {
  /** How many calls may run at once; each takes a slot. */
  readonly maxInFlight: number;
  readonly maxWaiting: number;
  /** How long a call may wait for what it needs. */
  readonly waitMs: number;
  /** The setting or option that sets it, for people. */
  readonly waitLimitName: string;
  /** Whether errors name the settings of the other limits: a host without a configuration has none. */
  readonly hasSettings: boolean;
  task(name: string): TaskView | null;
  /** The number of the next call, which no other has. */
  nextNumber(): number;
  /** Named in errors that ask the reader to look there. */
  logFile(): string | null;
  /** Starts one new attempt of a failed task, unless one ran just now; afterwards `task` shows it. */
  retryTask(name: string): void;
  sendProgress(token: ProgressToken, progress: number, message: string): void;
  /** Called when a call has got its slot. */
  onRun?(id: RequestId): void;
  /** Called when calls in flight, or waiting calls, go from none to some or back. */
  onEdge(calls: { readonly inFlight: boolean; readonly waiting: boolean }): void;
}

export interface WaitingCall {
  readonly tool: string;
  readonly waitsFor: readonly string[];
  readonly forMs: number;
}

/** Every request without an answer: it arrives, is parked while there is no backend, acquires a slot, runs, and settles. */
export interface PendingCalls {
  /** Takes a request in. @throws AppError `unavailable` when there are too many already, or the server shuts down */
  add(
    id: RequestId,
    tool: string | null,
    needs: readonly string[],
    progressToken: ProgressToken | undefined,
  ): PendingCall;
  get(id: RequestId): PendingCall | undefined;
  /** The request waits for a backend, perhaps once more; `onRefused` is called when a task of `waitsFor` fails or the time is up. */
  park(call: PendingCall, waitsFor: readonly string[], onRefused: (fault: Fault) => void): void;
  unpark(id: RequestId): void;
  /** The request runs, in a slot of its own. */
  run(id: RequestId): void;
  /**
   * Waits until the call's needs are met and a slot is free; null when that is so already.
   * @throws AppError `not_ready` when the time is up, `unavailable` when a task has failed or the server shuts down; the signal's reason when
   * the request is cancelled
   */
  acquireSlot(call: PendingCall): Promise<void> | null;
  /** The request has its answer, or will never have one. Twice is safe. */
  settle(id: RequestId): void;
  /** The client no longer wants the answer: the signal is aborted and no answer may be sent. */
  cancel(id: RequestId, reason: string): void;
  isCancelled(id: RequestId): boolean;
  /** To be called when the state of a task has changed. */
  reconsider(): void;
  /** From now on no request is taken in. Waiting calls are refused, but those for which `keeps` returns true. */
  close(fault: Fault, keeps: (unmet: readonly string[]) => boolean): void;
  /** Its signal is aborted; it settles when its work has stopped. */
  abort(id: RequestId, fault: Fault): void;
  /** The same for all. @returns those that are left */
  abortAll(fault: Fault): readonly RequestId[];
  /** Settles when no request is left. */
  whenEmpty(): Promise<void>;
  /** How many requests have no answer yet. */
  readonly size: number;
  readonly inFlight: number;
  readonly waiting: readonly WaitingCall[];
  /** The tasks that it waits for now; null: it does not wait; empty: it waits for a slot. */
  waitsFor(id: RequestId): readonly string[] | null;
  /** The request with this signal. */
  withSignal(signal: AbortSignal): PendingCall | undefined;
  /** Calls back, many times a turn, when requests, or what they wait for, may have changed; returns a function that ends it. */
  subscribe(listener: () => void): () => void;
}

export function createPendingCalls(options: PendingCallsOptions): PendingCalls {
  const { maxInFlight, maxWaiting, waitMs, hasSettings } = options;
  const readiness = createReadiness(options.task, options.logFile, options.waitLimitName);
  const calls = new RenewedMap<RequestId, TrackedCall>();
  const listeners = createListeners();
  let running = 0;
  let closedBy: Fault | null = null;
  let onEmpty: (() => void)[] = [];
  let edges = { inFlight: false, waiting: false };

  const notify = () => {
    listeners.notify();
    const now = { inFlight: running > 0, waiting: waiting.size > 0 };
    if (now.inFlight === edges.inFlight && now.waiting === edges.waiting) return;
    edges = now;
    options.onEdge(now);
  };
  const waiting = createWaitingCalls({
    maxWaiting,
    waitMs,
    hasSettings,
    readiness,
    sendProgress: options.sendProgress,
    onChange: notify,
  });

  const hasSlot = (call: TrackedCall) => call.tool === null || running < maxInFlight;
  const run = (call: TrackedCall) => {
    call.state = 'running';
    options.onRun?.(call.id);
    if (call.tool !== null) running++;
  };
  /** @returns whether it had one */
  const freeSlot = (call: TrackedCall) => {
    const hadSlot = call.state === 'running' && call.tool !== null;
    if (hadSlot) running--;
    call.state = 'arrived';
    return hadSlot;
  };
  const waitForSlot = (call: TrackedCall) =>
    new Promise<void>((resolve, reject) => {
      const { signal } = call;
      const onAbort = () => {
        waiting.remove(call);
        notify();
        reject(signal.reason);
      };
      const onReady = () => {
        signal.removeEventListener('abort', onAbort);
        run(call);
        resolve();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      waiting.add(call, call.needs, onReady, (fault) => {
        signal.removeEventListener('abort', onAbort);
        reject(appErrorOf(fault));
      });
    });
  const reconsider = () => {
    waiting.reconsider(hasSlot);
    notify();
  };

  return {
    add(id, tool, needs, progressToken) {
      if (closedBy !== null) throw appErrorOf(closedBy);
      if (tool !== null && calls.size >= maxInFlight + maxWaiting)
        throw new AppError(
          'unavailable',
          `${maxInFlight} calls run and ${maxWaiting} wait already${hasSettings ? ' (wire.max_in_flight, wire.max_waiting)' : ''}. Call again later.`,
        );
      const report = (message: string) => {
        if (progressToken === undefined || call.abortedBy !== null || calls.get(id) !== call) return;
        options.sendProgress(progressToken, (Date.now() - call.arrivedAtMs) / 1_000, message);
      };
      const call = new TrackedCall(id, options.nextNumber(), tool, needs, progressToken, report);
      calls.set(id, call);
      return call;
    },
    get: (id) => calls.get(id),
    park({ id }, waitsFor, onRefused) {
      const call = calls.get(id);
      if (call === undefined) return;
      freeSlot(call);
      waiting.add(call, waitsFor, null, onRefused);
    },
    unpark(id) {
      const call = calls.get(id);
      if (call?.state !== 'waiting') return;
      waiting.remove(call);
      call.state = 'arrived';
      notify();
    },
    run(id) {
      const call = calls.get(id);
      if (call === undefined) return;
      waiting.remove(call);
      run(call);
      notify();
    },
    acquireSlot({ id }) {
      const call = calls.get(id);
      if (call === undefined) throw new AppError('cancelled', 'The request has been answered already.');
      if (call.abortedBy !== null) throw call.abortedBy;
      for (const name of call.needs.filter(readiness.hasFailed)) options.retryTask(name);
      const failed = readiness.failureOf(call.needs);
      if (failed !== null) throw appErrorOf(failed);
      if (readiness.unmet(call.needs).length > 0 || !hasSlot(call)) return waitForSlot(call);
      run(call);
      notify();
      return null;
    },
    settle(id) {
      const call = calls.get(id);
      if (call === undefined) return;
      calls.delete(id);
      waiting.remove(call);
      if (freeSlot(call) && waiting.size > 0) waiting.reconsider(hasSlot);
      notify();
      if (calls.size > 0) return;
      for (const resolve of onEmpty) resolve();
      onEmpty = [];
    },
    cancel(id, reason) {
      const call = calls.get(id);
      if (call === undefined) return;
      call.isCancelled = true;
      const cancelled: Fault = { code: 'cancelled', message: reason };
      call.abort(appErrorOf(cancelled));
      // A call that waits for a slot listens to its signal; a parked one does not.
      if (call.state === 'waiting' && call.onReady === null) waiting.refuse(call, cancelled);
      notify();
    },
    isCancelled: (id) => calls.get(id)?.isCancelled ?? false,
    reconsider,
    close(fault, keeps) {
      closedBy = fault;
      for (const call of [...waiting]) if (!keeps(readiness.unmet(call.waitsFor))) waiting.refuse(call, fault);
      notify();
    },
    abort: (id, fault) => calls.get(id)?.abort(appErrorOf(fault)),
    abortAll(fault) {
      for (const call of [...waiting]) waiting.refuse(call, fault);
      const reason = appErrorOf(fault);
      for (const call of [...calls.values()]) call.abort(reason);
      notify();
      return [...calls.values()].map(({ id }) => id);
    },
    whenEmpty: () => (calls.size === 0 ? Promise.resolve() : new Promise((resolve) => onEmpty.push(resolve))),
    get size() {
      return calls.size;
    },
    get inFlight() {
      return running;
    },
    get waiting() {
      const nowMs = Date.now();
      return [...waiting].map(({ tool, waitsFor, arrivedAtMs }) => ({
        tool: tool ?? '',
        waitsFor: readiness.unmet(waitsFor),
        forMs: nowMs - arrivedAtMs,
      }));
    },
    waitsFor(id) {
      const call = calls.get(id);
      return call?.state === 'waiting' ? readiness.unmet(call.waitsFor) : null;
    },
    withSignal: (signal) => [...calls.values()].find((call) => call.hasSignal(signal)),
    subscribe: listeners.subscribe,
  };
}
