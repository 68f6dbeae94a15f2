import type { CallOutcome } from '../domain/inspection.ts';
import type { ProgressToken, RequestId } from '../domain/json-rpc.ts';
import { createListeners } from '../domain/listeners.ts';
import type { PendingCall } from './pending-call.ts';

/** The beginning of a text, as it was on the wire: secrets are in it. */
export interface KeptText {
  /** At most 12,288 characters. Whoever shows 4,096 of them can recognise a secret that lies across that end. */
  readonly beginning: string;
  readonly isWhole: boolean;
  /** Of the whole text. */
  readonly sizeBytes: number;
}

/** One request that was handed on to a backend, or waits for one. Times are in milliseconds since the epoch. */
export interface KeptCall {
  /** Names it among all calls of the server, in order of arrival. */
  readonly number: number;
  /** As the client gave it; a long text is truncated, as those of `method` and `tool` are. */
  readonly id: RequestId;
  readonly method: string;
  /** null: a request other than tools/call. */
  readonly tool: string | null;
  readonly arrivedAtMs: number;
  /** When it got its slot; for a request without one, when the backend got it. null: it has not run. */
  readonly ranAtMs: number | null;
  /** null: it is pending. */
  readonly answeredAtMs: number | null;
  readonly outcome: CallOutcome | null;
  /** The start-up tasks that it waits for now; null: it does not wait; empty: it waits for a slot. */
  readonly waitsFor: readonly string[] | null;
  /** How many progress notifications the client got. */
  readonly progressCount: number;
  /** The text of the newest of them; null: it has none. */
  readonly progress: KeptText | null;
  readonly request: KeptText;
  /** null: it has no answer. */
  readonly answer: KeptText | null;
}

/** The newest calls of one client, in memory: all that are pending, and the last 500 that have been answered. */
export interface CallLog {
  begin(
    call: Pick<PendingCall, 'id' | 'number' | 'tool' | 'arrivedAtMs'>,
    method: string,
    progressToken: ProgressToken | undefined,
    text: string,
  ): void;
  /** It runs from now on. May be called again: the last time counts. */
  run(id: RequestId): void;
  /**
   * The client gets progress of the call with this token.
   * @param token anything, also nothing, from a server that does not keep to the protocol
   * @param message its text, or anything else
   */
  progress(token: unknown, message: unknown): void;
  /** Does nothing if no call with this id is pending. @param text its answer; null: it gets none */
  end(id: RequestId, outcome: CallOutcome, text: string | null): void;
  /** Answered calls in the order of their answers, then pending ones in the order of their arrival. */
  entries(): Iterable<KeptCall>;
  /** Calls back for each call that has come, changed or been answered, within the turn; returns a function that ends it. */
  subscribe(listener: (call: KeptCall) => void): () => void;
}

const mostAnswered = 500;
const mostCharacters = 12_288;

/** @param waitsFor what a pending call waits for now */
export function createCallLog(waitsFor: (id: RequestId) => KeptCall['waitsFor']): CallLog {
  const pending = new Map<RequestId, CallEntry>();
  const answered: KeptCall[] = [];
  const listeners = createListeners<[KeptCall]>();
  return {
    begin({ id, number, tool, arrivedAtMs }, method, progressToken, text) {
      const call = new CallEntry(
        typeof id === 'string' ? copyBeginning(id) : id,
        number,
        copyBeginning(method),
        tool === null ? null : copyBeginning(tool),
        arrivedAtMs,
        keep(text),
        progressToken,
        waitsFor,
      );
      pending.set(id, call);
      listeners.notify(call);
    },
    run(id) {
      const call = pending.get(id);
      if (call === undefined) return;
      call.ranAtMs = Date.now();
      listeners.notify(call);
    },
    progress(token, message) {
      if (token === undefined) return;
      for (const call of pending.values()) {
        if (call.progressToken !== token) continue;
        call.progressCount += 1;
        call.progress = typeof message === 'string' ? keep(message) : null;
        listeners.notify(call);
      }
    },
    end(id, outcome, text) {
      const call = pending.get(id);
      if (call === undefined) return;
      pending.delete(id);
      call.progressToken = undefined;
      call.answeredAtMs = Date.now();
      call.outcome = outcome;
      call.answer = text === null ? null : keep(text);
      answered.push(call);
      if (answered.length > mostAnswered) answered.shift();
      listeners.notify(call);
    },
    *entries() {
      yield* answered;
      yield* pending.values();
    },
    subscribe: listeners.subscribe,
  };
}

class CallEntry implements KeptCall {
  ranAtMs: number | null = null;
  answeredAtMs: number | null = null;
  outcome: CallOutcome | null = null;
  progressCount = 0;
  progress: KeptText | null = null;
  answer: KeptText | null = null;

  constructor(
    readonly id: RequestId,
    readonly number: number,
    readonly method: string,
    readonly tool: string | null,
    readonly arrivedAtMs: number,
    readonly request: KeptText,
    /** May be long, and is of no use when the call has been answered. */
    public progressToken: ProgressToken | undefined,
    readonly findWaitsFor: (id: RequestId) => KeptCall['waitsFor'],
  ) {}

  get waitsFor() {
    return this.outcome === null ? this.findWaitsFor(this.id) : null;
  }
}

const keep = (text: string): KeptText => ({
  beginning: copyBeginning(text),
  isWhole: text.length <= mostCharacters,
  sizeBytes: Buffer.byteLength(text),
});

/** Through a buffer: a slice would keep the whole text in memory. */
const copyBeginning = (text: string): string =>
  text.length <= mostCharacters ? text : Buffer.from(text.slice(0, mostCharacters)).toString();
