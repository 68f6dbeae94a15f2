import type { SeenCall } from '../domain/inspection.ts';
import { createListeners } from '../domain/listeners.ts';
import type { PendingCalls, WaitingCall } from '../front/pending-calls.ts';

/** The clients of this process: one, several, or none. */
export interface ClientConnections {
  /** @returns a function that takes the client away */
  add(calls: PendingCalls): () => void;
  readonly inFlight: number;
  readonly waiting: readonly WaitingCall[];
  /** The tool calls of all clients that run or wait now. */
  calls(): Iterable<SeenCall>;
  /** Calls back, many times a turn, when calls may have changed; returns a function that ends it. */
  subscribe(listener: () => void): () => void;
  /** To be called when the state of a task has changed. */
  reconsider(): void;
}

export function createClientConnections(): ClientConnections {
  const all = new Set<PendingCalls>();
  const { notify, subscribe } = createListeners();
  return {
    subscribe,
    add(calls) {
      all.add(calls);
      const unsubscribe = calls.subscribe(notify);
      return () => {
        unsubscribe();
        all.delete(calls);
      };
    },
    get inFlight() {
      return [...all].reduce((sum, { inFlight }) => sum + inFlight, 0);
    },
    get waiting() {
      return [...all].flatMap(({ waiting }) => waiting);
    },
    *calls() {
      for (const calls of all) yield* calls.calls();
    },
    reconsider() {
      for (const calls of all) calls.reconsider();
    },
  };
}
