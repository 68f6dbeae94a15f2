import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { JsonRpcMessage } from '../domain/json-rpc.ts';
import type { Backend } from '../front/backend-port.ts';

/** Joins the front and the SDK's server in one process. */
export interface Bridge extends Backend {
  readonly transport: Transport;
}

/** @param send takes the messages of the server */
export function createBridge(send: (message: JsonRpcMessage) => void): Bridge {
  const transport: Transport = {
    start: async () => undefined,
    async send(message) {
      send(withoutPrefix(message as JsonRpcMessage));
    },
    async close() {
      transport.onclose?.();
    },
  };
  return {
    transport,
    // A call is cancelled through its own signal, and keeps its slot until its work has stopped.
    answersCancelled: true,
    isInitialized: false,
    acquiresSlots: true,
    receive: (message) => transport.onmessage?.(message as JSONRPCMessage),
  };
}

/** The SDK's error class begins its messages with the code, which the answer has already: `MCP error -32602: Unknown tool: x`. */
function withoutPrefix(message: JsonRpcMessage): JsonRpcMessage {
  if (!('error' in message) || message.error === undefined) return message;
  const { error } = message;
  return { ...message, error: { ...error, message: error.message.replace(/^(MCP error -?\d+: )+/, '') } };
}
