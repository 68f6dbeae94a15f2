import { toFault } from '../../domain/app-error.ts';
import type { JsonObject } from '../../domain/json-object.ts';
import type { JsonRpcMessage } from '../../domain/json-rpc.ts';
import type { Log } from '../../domain/log-record.ts';
import type { UpstreamConnection } from './upstream-connection.ts';

/** What a client has asked of a server for the rest of its life: the level of its log, and the resources to watch. */
export interface ClientRequests {
  /** Takes each message to the server. */
  note(message: JsonRpcMessage): void;
  /** Asks a server that has taken the place of an earlier one for the same. What it refuses is logged. */
  repeat(connection: Pick<UpstreamConnection, 'request'>, signal: AbortSignal): Promise<void>;
}

export function createClientRequests(log: Log): ClientRequests {
  let logLevel: JsonObject | null = null;
  const subscriptions = new Map<unknown, JsonObject>();
  return {
    note(message) {
      if (!('method' in message) || message.params === undefined) return;
      const { method, params } = message;
      if (method === 'logging/setLevel') logLevel = params;
      else if (method === 'resources/subscribe') subscriptions.set(params.uri, params);
      else if (method === 'resources/unsubscribe') subscriptions.delete(params.uri);
    },
    async repeat(connection, signal) {
      const all: [string, JsonObject][] = [...subscriptions.values()].map((params) => ['resources/subscribe', params]);
      if (logLevel !== null) all.unshift(['logging/setLevel', logLevel]);
      for (const [method, params] of all) {
        try {
          await connection.request(method, params, signal);
        } catch (problem) {
          signal.throwIfAborted();
          log.warning('repeated_request_refused', { method, error: toFault(problem).message });
        }
      }
    },
  };
}
