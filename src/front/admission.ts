import { AppError, appErrorOf, type Fault } from '../domain/app-error.ts';
import type { SeenCall } from '../domain/inspection.ts';
import type { ProgressToken, RequestId } from '../domain/json-rpc.ts';
import { createReadiness, type TaskView } from './readiness.ts';
import { Entry, type Ticket } from './ticket.ts';

const tickMs = 250;
const progressEveryMs = 500;

export interface AdmissionOptions {
  readonly maxInFlight: number;
  readonly maxWaiting: number;
  /** How long a call may wait for what it needs. */
  readonly waitMs: number;
  task(name: string): TaskView | null;
  /** Stands in errors that ask for a look at it. */
  logFile(): string | null;
  /** Starts one new attempt of a failed task, unless one ran just now; afterwards `task` tells. */
  retryTask(name: string): void;
  sendProgress(token: ProgressToken, progress: number, message: string): void;
  /** Told on the edges between none and some. */
  onEdge(calls: { readonly inFlight: boolean; readonly waiting: boolean }): void;
}

export interface Waiting {
  readonly tool: string;
  readonly waitsFor: readonly string[];
  readonly forMs: number;
}

/** Counts the calls: who is held at the door, who waits for a task or a seat, who runs. */
export interface Admission {
  /** Takes a request in. Throws `unavailable` when there are too many already, or the server is leaving. */
  enter(id: RequestId, tool: string | null, progressToken: ProgressToken | undefined): Ticket;
  ticket(id: RequestId): Ticket | undefined;
  /** The request waits at the door for these tasks; `refused` is called if they cannot be had in time. */
  hold(ticket: Ticket, needs: readonly string[], refused: (fault: Fault) => void): void;
  release(ticket: Ticket): void;
  /**
   * Waits until the tasks are done and a seat is free; null when that is so already. Fails with `not_ready` when the time is up, with `unavailable`
   * when a task has failed or the server leaves, and with the signal's reason when the request is cancelled.
   */
  seat(ticket: Ticket, needs: readonly string[]): Promise<void> | null;
  /** The request has its answer, or will never have one. Twice is safe. */
  leave(id: RequestId): void;
  /** The client does not want the answer any more: the signal is aborted and no answer may be sent. */
  cancel(id: RequestId, reason: string): void;
  isCancelled(id: RequestId): boolean;
  /** To be called when the state of a task has changed. */
  reconsider(): void;
  /** From now on nobody enters. Waiting calls are refused, but those for which `keeps` says true. */
  close(fault: Fault, keeps: (waitsFor: readonly string[]) => boolean): void;
  abortAll(fault: Fault): void;
  /** Settles when no request is left. */
  whenEmpty(): Promise<void>;
  readonly inFlight: number;
  readonly waiting: readonly Waiting[];
  /** The tool calls that run or wait, as of now, in order of arrival. */
  calls(): Iterable<SeenCall>;
  /** Called when that may have changed, many times a turn; null: nobody wants to know. */
  onCalls: (() => void) | null;
}

export function createAdmission(options: AdmissionOptions): Admission {
  const { maxInFlight, maxWaiting, waitMs } = options;
  const { unmet, isBroken, brokenBy, explain, notReady } = createReadiness(options.task, options.logFile);
  const entries = new Map<RequestId, Entry>();
  const waiters = new Set<Entry>();
  let running = 0;
  let closedBy: Fault | null = null;
  let ticker: NodeJS.Timeout | undefined;
  let emptied: (() => void)[] = [];
  let edges = { inFlight: false, waiting: false };

  const tellChange = () => {
    admission.onCalls?.();
    const now = { inFlight: running > 0, waiting: waiters.size > 0 };
    if (now.inFlight === edges.inFlight && now.waiting === edges.waiting) return;
    edges = now;
    options.onEdge(now);
  };

  const stopWaiting = (entry: Entry) => {
    waiters.delete(entry);
    if (waiters.size === 0) {
      clearInterval(ticker);
      ticker = undefined;
    }
  };
  const refuse = (entry: Entry, fault: Fault) => {
    const { refused } = entry;
    stopWaiting(entry);
    entry.state = 'arrived';
    refused(fault);
  };
  const canSit = (entry: Entry) => entry.tool === null || running < maxInFlight;
  const sit = (entry: Entry) => {
    entry.state = 'running';
    if (entry.tool !== null) running++;
  };

  const tellProgress = (entry: Entry, nowMs: number) => {
    if (entry.progressToken === undefined || nowMs - entry.lastProgressMs < progressEveryMs) return;
    entry.lastProgressMs = nowMs;
    options.sendProgress(entry.progressToken, (nowMs - entry.arrivedAtMs) / 1_000, explain(entry.needs, nowMs));
  };
  const tick = () => {
    const nowMs = Date.now();
    for (const entry of [...waiters]) {
      if (nowMs - entry.arrivedAtMs >= waitMs) refuse(entry, notReady(entry.needs, nowMs));
      else tellProgress(entry, nowMs);
    }
    tellChange();
  };

  const wait = (entry: Entry, needs: readonly string[], seated: () => void, refused: (fault: Fault) => void) => {
    if (waiters.size >= maxWaiting) {
      refused({
        code: 'unavailable',
        message: `${maxWaiting} calls wait already (wire.max_waiting). Call again later.`,
      });
      return;
    }
    const nowMs = Date.now();
    Object.assign(entry, { state: 'waiting', needs, seated, refused });
    waiters.add(entry);
    ticker ??= setInterval(tick, Math.min(tickMs, waitMs)).unref();
    tellProgress(entry, nowMs);
    tellChange();
  };

  const waitForSeat = (entry: Entry, needs: readonly string[]) =>
    new Promise<void>((resolve, reject) => {
      const { signal } = entry;
      const onAbort = () => {
        stopWaiting(entry);
        tellChange();
        reject(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      const seated = () => {
        signal.removeEventListener('abort', onAbort);
        sit(entry);
        resolve();
      };
      wait(entry, needs, seated, (fault) => {
        signal.removeEventListener('abort', onAbort);
        reject(appErrorOf(fault));
      });
    });

  const reconsider = () => {
    for (const entry of [...waiters]) {
      const broken = brokenBy(entry.needs);
      if (broken !== null) refuse(entry, broken);
      else if (unmet(entry.needs).length === 0 && canSit(entry)) {
        stopWaiting(entry);
        entry.seated();
      }
    }
    tellChange();
  };

  const admission: Admission = {
    onCalls: null,
    enter(id, tool, progressToken) {
      if (closedBy !== null) throw appErrorOf(closedBy);
      if (tool !== null && entries.size >= maxInFlight + maxWaiting)
        throw new AppError(
          'unavailable',
          `${maxInFlight} calls run and ${maxWaiting} wait already (wire.max_in_flight, wire.max_waiting). Call again later.`,
        );
      const report = (message: string) => {
        if (progressToken === undefined || entry.abortedBy !== null || entries.get(id) !== entry) return;
        options.sendProgress(progressToken, (Date.now() - entry.arrivedAtMs) / 1_000, message);
      };
      const entry = new Entry(id, tool, progressToken, report);
      entries.set(id, entry);
      return entry;
    },
    ticket: (id) => entries.get(id),
    hold(ticket, needs, refused) {
      const entry = entries.get(ticket.id);
      if (entry !== undefined) wait(entry, needs, () => undefined, refused);
    },
    release(ticket) {
      const entry = entries.get(ticket.id);
      if (entry === undefined) return;
      stopWaiting(entry);
      entry.state = 'arrived';
      tellChange();
    },
    seat(ticket, needs) {
      const entry = entries.get(ticket.id);
      if (entry === undefined) throw new AppError('cancelled', 'The request has been answered already.');
      if (entry.abortedBy !== null) throw entry.abortedBy;
      for (const name of needs.filter(isBroken)) options.retryTask(name);
      const broken = brokenBy(needs);
      if (broken !== null) throw appErrorOf(broken);
      if (unmet(needs).length > 0 || !canSit(entry)) return waitForSeat(entry, needs);
      sit(entry);
      tellChange();
      return null;
    },
    leave(id) {
      const entry = entries.get(id);
      if (entry === undefined) return;
      entries.delete(id);
      stopWaiting(entry);
      if (entry.state === 'running' && entry.tool !== null) {
        running--;
        if (waiters.size > 0) reconsider();
      }
      tellChange();
      if (entries.size > 0) return;
      for (const tell of emptied) tell();
      emptied = [];
    },
    cancel(id, reason) {
      const entry = entries.get(id);
      if (entry === undefined) return;
      entry.isCancelled = true;
      const cancelled: Fault = { code: 'cancelled', message: reason };
      entry.abort(appErrorOf(cancelled));
      // Who waits for a seat listens to the signal; who is held at the door does not.
      if (waiters.has(entry)) refuse(entry, cancelled);
      tellChange();
    },
    isCancelled: (id) => entries.get(id)?.isCancelled ?? false,
    reconsider,
    close(fault, keeps) {
      closedBy = fault;
      for (const entry of [...waiters]) if (!keeps(unmet(entry.needs))) refuse(entry, fault);
      tellChange();
    },
    abortAll(fault) {
      for (const entry of [...waiters]) refuse(entry, fault);
      const reason = appErrorOf(fault);
      for (const entry of [...entries.values()]) entry.abort(reason);
      tellChange();
    },
    whenEmpty: () => (entries.size === 0 ? Promise.resolve() : new Promise((resolve) => emptied.push(resolve))),
    get inFlight() {
      return running;
    },
    get waiting() {
      const nowMs = Date.now();
      return [...waiters].map((entry) => ({
        tool: entry.tool ?? '',
        waitsFor: unmet(entry.needs),
        forMs: nowMs - entry.arrivedAtMs,
      }));
    },
    *calls() {
      for (const { tool, state, arrivedAtMs, needs } of entries.values())
        if (tool !== null && state !== 'arrived')
          yield { tool, sinceMs: arrivedAtMs, waitsFor: state === 'waiting' ? unmet(needs) : null };
    },
  };
  return admission;
}
