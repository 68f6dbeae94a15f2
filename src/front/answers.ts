import type { Fault } from '../domain/app-error.ts';
import { encodeJson } from '../domain/encode-json.ts';
import type { JsonObject } from '../domain/json-object.ts';
import { type JsonRpcMessage, jsonRpcCode, type RequestId } from '../domain/json-rpc.ts';
import { type MessageLine, textOfMessage } from '../domain/message-line.ts';
import { toolErrorOf } from '../domain/tool-result.ts';

/** What the front itself sends to the client. Answers are returned as they were written, as JSON. */
export interface Answers {
  /** @param result as JSON */
  result(id: RequestId, result: string): string;
  /** @param id undefined: the request's id could not be read */
  error(id: RequestId | undefined, code: number, message: string, data?: unknown): string;
  notify(method: string, params?: JsonObject): void;
  /** Answers a request with a fault: a tools/call with a tool error that the model reads, any other with a JSON-RPC error. */
  fault(id: RequestId, isCall: boolean, fault: Fault): string;
  /** @param line as which it came */
  pass(message: JsonRpcMessage, line?: MessageLine): string;
}

/** @param write takes one message as JSON */
export function createAnswers(write: (json: string) => void): Answers {
  const send = (json: string) => {
    write(json);
    return json;
  };
  const answers: Answers = {
    result: (id, result) => send(`{"jsonrpc":"2.0","id":${encodeJson(id)},"result":${result}}`),
    error(id, code, message, data) {
      const error = data === undefined ? { code, message } : { code, message, data };
      return send(encodeJson(id === undefined ? { jsonrpc: '2.0', error } : { jsonrpc: '2.0', id, error }));
    },
    notify: (method, params) => void send(encodeJson({ jsonrpc: '2.0', method, params })),
    fault(id, isCall, fault) {
      if (isCall) return answers.result(id, encodeJson(toolErrorOf(fault)));
      return answers.error(id, jsonRpcCode.serverError, fault.message, { code: fault.code, ...fault.details });
    },
    pass: (message, line) => send(textOfMessage(message, line)),
  };
  return answers;
}
