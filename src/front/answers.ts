import type { Fault } from '../domain/app-error.ts';
import type { JsonObject } from '../domain/json-object.ts';
import { type JsonRpcMessage, jsonRpcCode, type RequestId } from '../domain/json-rpc.ts';
import { toolErrorOf } from '../domain/tool-result.ts';
import type { Output } from './output.ts';

/** What the front itself writes to the client, one JSON-RPC message a line. */
export interface Answers {
  /** @param result as JSON */
  result(id: RequestId, result: string): void;
  /** @param id undefined: the request's id could not be read */
  error(id: RequestId | undefined, code: number, message: string, data?: unknown): void;
  notify(method: string, params: JsonObject): void;
  /** Answers a request with a fault: a tools/call with a tool error that the model reads, any other with a JSON-RPC error. */
  fault(id: RequestId, isCall: boolean, fault: Fault): void;
  pass(message: JsonRpcMessage): void;
}

export function createAnswers(output: Output): Answers {
  const pass = (message: object) => output.write(`${JSON.stringify(message)}\n`);
  const answers: Answers = {
    result: (id, result) => output.write(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}\n`),
    error(id, code, message, data) {
      const error = data === undefined ? { code, message } : { code, message, data };
      pass(id === undefined ? { jsonrpc: '2.0', error } : { jsonrpc: '2.0', id, error });
    },
    notify: (method, params) => pass({ jsonrpc: '2.0', method, params }),
    fault(id, isCall, fault) {
      if (isCall) answers.result(id, JSON.stringify(toolErrorOf(fault)));
      else answers.error(id, jsonRpcCode.serverError, fault.message, { code: fault.code });
    },
    pass,
  };
  return answers;
}
