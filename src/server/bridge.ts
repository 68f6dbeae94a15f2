import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { JsonRpcMessage } from '../domain/json-rpc.ts';

/** A transport between the door and the SDK's server, in one process. */
export interface Bridge {
  readonly transport: Transport;
  onMessage(message: JsonRpcMessage): void;
}

export function createBridge(send: (message: JsonRpcMessage) => void): Bridge {
  const transport: Transport = {
    start: async () => undefined,
    async send(message) {
      send(message as JsonRpcMessage);
    },
    async close() {
      transport.onclose?.();
    },
  };
  return {
    transport,
    onMessage: (message) => transport.onmessage?.(message as JSONRPCMessage),
  };
}
