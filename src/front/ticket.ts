import type { AppError, Fault } from '../domain/app-error.ts';
import type { ProgressToken, RequestId } from '../domain/json-rpc.ts';

/** A request on its way from stdin to its answer. */
export interface Ticket {
  readonly id: RequestId;
  /** null: a request that is not a tools/call; it takes no seat. */
  readonly tool: string | null;
  readonly arrivedAtMs: number;
  /** Aborted when the client cancels the request or the server leaves; the reason is an `AppError`. */
  readonly signal: AbortSignal;
  /** Says how far the call is, if the client has asked for that and still waits for the answer. */
  report(message: string): void;
}

const nothing = () => undefined;

/** The same, as the admission sees it. */
export class Entry implements Ticket {
  readonly arrivedAtMs = Date.now();
  state: 'arrived' | 'waiting' | 'running' = 'arrived';
  needs: readonly string[] = [];
  seated: () => void = nothing;
  refused: (fault: Fault) => void = nothing;
  lastProgressMs = 0;
  isCancelled = false;
  abortedBy: AppError | null = null;
  /** Made when somebody asks for the signal: most calls are over before anybody does. */
  #controller: AbortController | null = null;

  constructor(
    readonly id: RequestId,
    readonly tool: string | null,
    readonly progressToken: ProgressToken | undefined,
    readonly report: (message: string) => void,
  ) {}

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.abortedBy !== null) this.#controller.abort(this.abortedBy);
    return this.#controller.signal;
  }

  abort(reason: AppError): void {
    this.abortedBy ??= reason;
    this.#controller?.abort(this.abortedBy);
  }
}
