import { isUtf8 } from 'node:buffer';
import { withoutByteOrderMark } from './byte-order-mark.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';
import {
  isRequestId,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type JsonRpcResponse,
  jsonRpcCode,
  type RequestId,
} from './json-rpc.ts';
import type { MessageLine } from './message-line.ts';

/** What a line turned out to be. An element of a batch has no line of its own. */
export type Incoming =
  | { readonly kind: 'request'; readonly message: JsonRpcRequest; readonly line: MessageLine | undefined }
  | { readonly kind: 'notification'; readonly message: JsonRpcNotification; readonly line: MessageLine | undefined }
  | { readonly kind: 'response'; readonly message: JsonRpcResponse; readonly line: MessageLine | undefined }
  | { readonly kind: 'batch'; readonly messages: readonly unknown[] }
  | { readonly kind: 'blank' }
  | Malformed;

/** What a peer is told of a line that is not a message. */
export interface Malformed {
  readonly kind: 'malformed';
  readonly code: number;
  readonly reason: string;
  readonly id?: RequestId;
}

const malformed = (code: number, reason: string, id?: RequestId): Malformed =>
  id === undefined ? { kind: 'malformed', code, reason } : { kind: 'malformed', code, reason, id };

export const invalidParams = (problem: string, id: RequestId) =>
  malformed(jsonRpcCode.invalidParams, `Invalid params: ${problem}`, id);

export const invalidRequest = (why: string, id?: RequestId) =>
  malformed(jsonRpcCode.invalidRequest, `Invalid request: ${why}`, id);

/**
 * Reads one line. Never throws: what is wrong comes back with the code and the words of its answer.
 * @param isFirst of all lines: it may begin with a byte order mark
 */
export function readMessage(line: Buffer, isFirst = false): Incoming {
  if (!isUtf8(line)) return malformed(jsonRpcCode.parseError, 'Parse error: the message is not valid UTF-8');
  const text = line.toString();
  return readMessageText(isFirst ? withoutByteOrderMark(text) : text);
}

/** The same for a line that is text already. */
export function readMessageText(text: string): Incoming {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    if (text.trim() === '') return { kind: 'blank' };
    return malformed(jsonRpcCode.parseError, 'Parse error: the message is not valid JSON');
  }
  return Array.isArray(value) ? { kind: 'batch', messages: value } : classify(value, text);
}

/**
 * @param value what a line holds, or an element of a batch
 * @param text the line; undefined for an element of a batch
 */
export function classify(value: unknown, text?: string): Incoming {
  if (!isJsonObject(value)) return invalidRequest('a message is a JSON object');
  const { jsonrpc, id, method, params } = value;
  const knownId = isRequestId(id) ? id : undefined;
  if (jsonrpc !== '2.0') return invalidRequest('"jsonrpc" must be "2.0"', knownId);
  if ('id' in value && knownId === undefined) return invalidRequest('"id" must be a string or a whole number');
  const line = text === undefined ? undefined : { text, id: knownId };
  if (!('method' in value)) return classifyResponse(value, knownId, line);
  if (typeof method !== 'string') return invalidRequest('"method" must be a string', knownId);
  // Members that JSON-RPC does not know are left out: the SDK drops such messages in silence.
  const known = isJsonObject(params) ? withoutNulls(params) : undefined;
  // A notification is never answered, whatever is wrong with its params (JSON-RPC 2.0, section 4.1).
  if (knownId === undefined) {
    const message: JsonRpcNotification = known === undefined ? { jsonrpc, method } : { jsonrpc, method, params: known };
    return { kind: 'notification', message, line };
  }
  if (known === undefined && params !== undefined && params !== null)
    return invalidParams('"params" must be an object', knownId);
  const message: JsonRpcRequest =
    known === undefined ? { jsonrpc, id: knownId, method } : { jsonrpc, id: knownId, method, params: known };
  return { kind: 'request', message, line };
}

/** Members of params that MCP lets a client leave out of its requests. */
const optionalMembers = ['_meta', 'arguments', 'cursor'];

/** Clients that write every member write null where they have nothing. Other params are returned as they are. */
const withoutNulls = (params: JsonObject): JsonObject =>
  optionalMembers.some((name) => params[name] === null)
    ? Object.fromEntries(
        Object.entries(params).filter(([name, value]) => value !== null || !optionalMembers.includes(name)),
      )
    : params;

function classifyResponse(value: JsonObject, id: RequestId | undefined, line: MessageLine | undefined): Incoming {
  if (id !== undefined && isJsonObject(value.result))
    return { kind: 'response', message: { jsonrpc: '2.0', id, result: value.result }, line };
  const error = value.error;
  if (isJsonObject(error) && Number.isSafeInteger(error.code) && typeof error.message === 'string' && id !== undefined)
    return {
      kind: 'response',
      message: {
        jsonrpc: '2.0',
        id,
        error: { code: Number(error.code), message: error.message, data: error.data },
      },
      line,
    };
  return invalidRequest('a message has a "method", or an "id" with a "result" or an "error"', id);
}
