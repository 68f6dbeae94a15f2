import { isUtf8 } from 'node:buffer';
import { withoutByteOrderMark } from '../domain/byte-order-mark.ts';
import { isJsonObject, type JsonObject } from '../domain/json-object.ts';
import {
  isRequestId,
  type JsonRpcMessage,
  type JsonRpcNotification,
  type JsonRpcRequest,
  jsonRpcCode,
  type RequestId,
} from '../domain/json-rpc.ts';
import { explainBadParams } from './params.ts';

/** What a line on stdin turned out to be. */
export type Incoming =
  /** `text`: as it was on the wire. */
  | { readonly kind: 'request'; readonly message: JsonRpcRequest; readonly text: string }
  | { readonly kind: 'notification'; readonly message: JsonRpcNotification }
  | { readonly kind: 'response'; readonly message: JsonRpcMessage }
  | { readonly kind: 'batch'; readonly messages: readonly unknown[] }
  | { readonly kind: 'blank' }
  | { readonly kind: 'malformed'; readonly code: number; readonly reason: string; readonly id?: RequestId };

const malformed = (code: number, reason: string, id?: RequestId): Incoming =>
  id === undefined ? { kind: 'malformed', code, reason } : { kind: 'malformed', code, reason, id };

export const invalidRequest = (why: string, id?: RequestId) =>
  malformed(jsonRpcCode.invalidRequest, `Invalid request: ${why}`, id);

/**
 * Reads one line. Never throws: what is wrong comes back with the code and the words of its answer.
 * @param isFirst of all lines: it may begin with a byte order mark
 */
export function readMessage(line: Buffer, isFirst = false): Incoming {
  if (!isUtf8(line)) return malformed(jsonRpcCode.parseError, 'Parse error: the message is not valid UTF-8');
  const text = isFirst ? withoutByteOrderMark(line.toString()) : line.toString();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    if (text.trim() === '') return { kind: 'blank' };
    return malformed(jsonRpcCode.parseError, 'Parse error: the message is not valid JSON');
  }
  return Array.isArray(value) ? { kind: 'batch', messages: value } : classify(value, text);
}

/** @param value what a line holds, or an element of a batch @param text the same as JSON */
export function classify(value: unknown, text: string): Incoming {
  if (!isJsonObject(value)) return invalidRequest('a message is a JSON object');
  const { jsonrpc, id, method } = value;
  const knownId = isRequestId(id) ? id : undefined;
  if (jsonrpc !== '2.0') return invalidRequest('"jsonrpc" must be "2.0"', knownId);
  if ('id' in value && knownId === undefined) return invalidRequest('"id" must be a string or a whole number');
  if (!('method' in value)) return classifyResponse(value, knownId);
  if (typeof method !== 'string') return invalidRequest('"method" must be a string', knownId);
  // Clients that write every member write null where they have nothing.
  const params = withoutNulls(value.params ?? {});
  // Members that JSON-RPC does not know are left out: the SDK drops such messages in silence.
  const message = {
    jsonrpc,
    ...(knownId === undefined ? {} : { id: knownId }),
    method,
    ...(isJsonObject(value.params) ? { params } : {}),
  } as JsonRpcRequest;
  // A notification is never answered, whatever is wrong with its params (JSON-RPC 2.0, section 4.1).
  if (knownId === undefined) return { kind: 'notification', message };
  const problem = isJsonObject(params) ? explainBadParams(method, params) : '"params" must be an object';
  if (problem !== null) return malformed(jsonRpcCode.invalidParams, `Invalid params: ${problem}`, knownId);
  return { kind: 'request', message, text };
}

/** Members of params that MCP lets a client leave out of its requests. */
const optionalMembers = ['_meta', 'arguments', 'cursor'];

const withoutNulls = (params: unknown): unknown =>
  isJsonObject(params)
    ? Object.fromEntries(
        Object.entries(params).filter(([name, value]) => value !== null || !optionalMembers.includes(name)),
      )
    : params;

function classifyResponse(value: JsonObject, id: RequestId | undefined): Incoming {
  if (id !== undefined && 'result' in value && isJsonObject(value.result))
    return { kind: 'response', message: { jsonrpc: '2.0', id, result: value.result } };
  const error = value.error;
  if (isJsonObject(error) && Number.isSafeInteger(error.code) && typeof error.message === 'string' && id !== undefined)
    return {
      kind: 'response',
      message: {
        jsonrpc: '2.0',
        id,
        error: { code: Number(error.code), message: error.message, data: error.data },
      },
    };
  return invalidRequest('a message has a "method", or an "id" with a "result" or an "error"', id);
}
