import { createListeners } from '../domain/listeners.ts';
import type { KeptCall } from '../front/call-log.ts';
import type { Front } from '../front/front.ts';
import type { WaitingCall } from '../front/pending-calls.ts';

/** The calls of one client. */
export type ClientCalls = Pick<Front, 'calls' | 'callLog'>;

/** The clients of this process: one, several, or none. */
export interface ClientConnections {
  readonly clients: Iterable<ClientCalls>;
  /** @returns a function that takes the client away */
  add(client: ClientCalls): () => void;
  /** The number of the next call of any client. */
  nextCallNumber(): number;
  readonly inFlight: number;
  readonly waiting: readonly WaitingCall[];
  /** Calls back, many times a turn, when calls may have changed, with the call if it is known which one; returns a function that ends it. */
  subscribe(listener: (call?: KeptCall) => void): () => void;
  /** To be called when the state of a task has changed. */
  reconsider(): void;
}

export function createClientConnections(): ClientConnections {
  const clients = new Set<ClientCalls>();
  const { notify, subscribe } = createListeners<[KeptCall?]>();
  let lastNumber = 0;
  return {
    clients,
    subscribe,
    add(client) {
      clients.add(client);
      const ends = [client.calls.subscribe(notify), client.callLog.subscribe(notify)];
      return () => {
        for (const end of ends) end();
        clients.delete(client);
      };
    },
    nextCallNumber() {
      lastNumber += 1;
      return lastNumber;
    },
    get inFlight() {
      return [...clients].reduce((sum, { calls }) => sum + calls.inFlight, 0);
    },
    get waiting() {
      return [...clients].flatMap(({ calls }) => calls.waiting);
    },
    reconsider() {
      for (const { calls } of clients) calls.reconsider();
    },
  };
}
