import type { AppError, Fault } from '../domain/app-error.ts';
import type { ProgressToken, RequestId } from '../domain/json-rpc.ts';

/** A request that has arrived and has no answer yet. */
export interface PendingCall {
  /** As the client gave it. */
  readonly id: RequestId;
  /** Names it among all calls of the server, in order of arrival. */
  readonly number: number;
  /** null: a request other than tools/call; it takes no slot. */
  readonly tool: string | null;
  /** The start-up tasks that must be done before it runs. */
  readonly needs: readonly string[];
  readonly arrivedAtMs: number;
  /** Aborted when the client cancels the request or the server shuts down; the reason is an `AppError`. */
  readonly signal: AbortSignal;
  /** Sends progress, if the client asked for it and still waits for the answer. */
  report(message: string): void;
}

const nothing = () => undefined;

/** A pending call with the front's own state. */
export class TrackedCall implements PendingCall {
  readonly arrivedAtMs = Date.now();
  state: 'arrived' | 'waiting' | 'running' = 'arrived';
  /** What it waits for now: its needs, and while it is parked also the backend. */
  waitsFor: readonly string[] = [];
  /** null: parked until the backend is attached. */
  onReady: (() => void) | null = null;
  onRefused: (fault: Fault) => void = nothing;
  lastProgressMs = 0;
  isCancelled = false;
  abortedBy: AppError | null = null;
  /** Made when the signal is first asked for: most calls are over before that. */
  #controller: AbortController | null = null;

  constructor(
    readonly id: RequestId,
    readonly number: number,
    readonly tool: string | null,
    readonly needs: readonly string[],
    readonly progressToken: ProgressToken | undefined,
    readonly report: (message: string) => void,
  ) {}

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.abortedBy !== null) this.#controller.abort(this.abortedBy);
    return this.#controller.signal;
  }

  hasSignal(signal: AbortSignal): boolean {
    return this.#controller?.signal === signal;
  }

  abort(reason: AppError): void {
    this.abortedBy ??= reason;
    this.#controller?.abort(this.abortedBy);
  }
}
