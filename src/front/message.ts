import { isUtf8 } from 'node:buffer';
import { isJsonObject, type JsonObject } from '../domain/json-object.ts';
import {
  type JsonRpcMessage,
  type JsonRpcNotification,
  type JsonRpcRequest,
  jsonRpcCode,
  type RequestId,
} from '../domain/json-rpc.ts';
import { explainBadParams } from './params.ts';

/** What a line on stdin turned out to be. */
export type Incoming =
  | { readonly kind: 'request'; readonly message: JsonRpcRequest }
  | { readonly kind: 'notification'; readonly message: JsonRpcNotification }
  | { readonly kind: 'response'; readonly message: JsonRpcMessage }
  | { readonly kind: 'blank' }
  | { readonly kind: 'malformed'; readonly code: number; readonly reason: string; readonly id?: RequestId };

const malformed = (code: number, reason: string, id?: RequestId): Incoming =>
  id === undefined ? { kind: 'malformed', code, reason } : { kind: 'malformed', code, reason, id };

const isRequestId = (value: unknown): value is RequestId => typeof value === 'string' || Number.isSafeInteger(value);

const invalidRequest = (why: string, id?: RequestId) =>
  malformed(jsonRpcCode.invalidRequest, `Invalid request: ${why}`, id);

/** Reads one line. Never throws: what is wrong comes back with the code and the words of its answer. */
export function readMessage(line: Buffer): Incoming {
  if (!isUtf8(line)) return malformed(jsonRpcCode.parseError, 'Parse error: the message is not valid UTF-8');
  const text = line.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    if (text.trim() === '') return { kind: 'blank' };
    return malformed(jsonRpcCode.parseError, 'Parse error: the message is not valid JSON');
  }
  return classify(value);
}

function classify(value: unknown): Incoming {
  if (Array.isArray(value)) return invalidRequest('batches are not served; send one message a line');
  if (!isJsonObject(value)) return invalidRequest('a message is a JSON object');
  const { jsonrpc, id, method, params } = value;
  const knownId = isRequestId(id) ? id : undefined;
  if (jsonrpc !== '2.0') return invalidRequest('"jsonrpc" must be "2.0"', knownId);
  if ('id' in value && knownId === undefined) return invalidRequest('"id" must be a string or a whole number');
  if (!('method' in value)) return classifyResponse(value, knownId);
  if (typeof method !== 'string') return invalidRequest('"method" must be a string', knownId);
  const hasBadParams = params !== undefined && !isJsonObject(params);
  if (knownId === undefined) {
    // A notification is never answered, whatever is wrong with it (JSON-RPC 2.0, section 4.1).
    const members = hasBadParams ? ['jsonrpc', 'method'] : notificationMembers;
    return { kind: 'notification', message: withOnly(value, members) };
  }
  const problem = hasBadParams ? '"params" must be an object' : explainBadParams(method, params);
  if (problem !== null) return malformed(jsonRpcCode.invalidParams, `Invalid params: ${problem}`, knownId);
  return { kind: 'request', message: withOnly(value, requestMembers) };
}

/** Members that JSON-RPC does not know are left out: the SDK drops such messages in silence. */
function withOnly<Message>(value: JsonObject, known: readonly string[]): Message {
  const isKnown = Object.keys(value).every((key) => known.includes(key));
  return (
    isKnown ? value : Object.fromEntries(Object.entries(value).filter(([key]) => known.includes(key)))
  ) as Message;
}

const requestMembers = ['jsonrpc', 'id', 'method', 'params'];
const notificationMembers = ['jsonrpc', 'method', 'params'];

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
