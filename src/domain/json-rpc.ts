import type { JsonObject } from './json-object.ts';

/** A request id as MCP allows it. The number 0 and the empty string are ids too. */
export type RequestId = string | number;

export type ProgressToken = RequestId;

/** A text with a lone surrogate is not an id: it cannot be sent back. */
export const isRequestId = (value: unknown): value is RequestId =>
  typeof value === 'string' ? value.isWellFormed() : Number.isSafeInteger(value);

export interface JsonRpcNotification {
  readonly jsonrpc: '2.0';
  readonly method: string;
  readonly params?: JsonObject;
}

export interface JsonRpcRequest extends JsonRpcNotification {
  readonly id: RequestId;
}

export interface JsonRpcResponse {
  readonly jsonrpc: '2.0';
  readonly id: RequestId;
  readonly result?: unknown;
  readonly error?: JsonRpcError;
}

export type JsonRpcMessage = JsonRpcRequest | JsonRpcNotification | JsonRpcResponse;

export interface JsonRpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** Error codes of JSON-RPC 2.0, section 5.1; `serverError` is the first of the range reserved for servers. */
export const jsonRpcCode = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  serverError: -32000,
} as const;
