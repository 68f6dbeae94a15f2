import type { Readable, Writable } from 'node:stream';
import { type Fault, toFault } from '../domain/app-error.ts';
import { encodeJson } from '../domain/encode-json.ts';
import type { CallOutcome } from '../domain/inspection.ts';
import { isJsonObject, type JsonObject } from '../domain/json-object.ts';
import {
  type JsonRpcNotification,
  type JsonRpcRequest,
  type JsonRpcResponse,
  jsonRpcCode,
  type RequestId,
} from '../domain/json-rpc.ts';
import { createLineSplitter } from '../domain/line-splitter.ts';
import type { Log } from '../domain/log-record.ts';
import type { MessageLine } from '../domain/message-line.ts';
import {
  classify,
  type Incoming,
  invalidParams,
  invalidRequest,
  type Malformed,
  readMessage,
} from '../domain/read-message.ts';
import { startTimer } from '../domain/timers.ts';
import { within } from '../domain/within.ts';
import { type Answers, createAnswers } from './answers.ts';
import { type Backend, type BackendConnection, createBackendPort } from './backend-port.ts';
import { type Batch, createBatch, explainBadBatch, idsOf } from './batch.ts';
import { type CallLog, createCallLog } from './call-log.ts';
import type { HandshakeAnswers } from './handshake-answers.ts';
import { createOutput } from './output.ts';
import { explainBadParams, type MethodWithChecks, progressTokenOf } from './params.ts';
import type { PendingCall } from './pending-call.ts';
import { createPendingCalls, type PendingCalls, type PendingCallsOptions } from './pending-calls.ts';

export interface FrontOptions {
  readonly stdin: Readable;
  readonly stdout: Writable;
  /** The stream's own write, taken before stdout was guarded. */
  readonly write: Writable['write'];
  readonly answers: HandshakeAnswers;
  /** The methods whose params the front checks; others reach the backend as they are. */
  readonly checkedMethods: readonly MethodWithChecks[];
  readonly maxMessageBytes: number;
  readonly calls: Omit<PendingCallsOptions, 'sendProgress' | 'onRun'>;
  /** What a request waits for while there is no backend, beside the needs of its tool. */
  readonly backendNeeds: readonly string[];
  /** How long after the initialize answer the backend is needed, if nothing else has needed it before. */
  readonly backendDelayMs: number;
  /** A second of waiting is so much progress. What a backend reports itself, when the call runs, must be more. */
  readonly progressPerSecond: number;
  readonly log: Log;
  onInitialize(client: ClientIntroduction): void;
  /** Why the server cannot work; becomes its instructions and the answer to every call. */
  fault(): Fault | null;
  /**
   * The backend is needed: a list has been answered, a request came that the front cannot answer, the initialize answer is old enough, or
   * nothing came within 50 ms. May be called again while requests are parked.
   */
  onBackendNeeded(): void;
  /** Whether a request that a backend has not answered may be handed to the next one. */
  mayRunAgain(request: JsonRpcRequest): boolean;
  onEnd(trigger: 'eof' | 'stdoutClosed'): void;
}

/** The params of an initialize request, checked. */
export interface ClientIntroduction extends JsonObject {
  readonly protocolVersion: string;
  readonly capabilities: JsonObject;
  readonly clientInfo: JsonObject & { readonly name: string; readonly version: string };
}

export interface DrainRequest {
  /** How long calls in flight may go on. */
  readonly finishMs: number;
  /** Whether a waiting call may go on to wait for what it still needs. */
  keepsWaiting(unmet: readonly string[]): boolean;
  /** What all others are answered. */
  readonly fault: Fault;
}

/** Owns stdin and stdout, answers what it can at once, and hands everything else to a backend, in order. Knows no tool and no task by name. */
export interface Front {
  readonly calls: PendingCalls;
  /** Requests that the front has not answered itself. */
  readonly callLog: CallLog;
  /** Starts to read. Everything else may be called before. */
  open(): void;
  connect(backend: Backend): BackendConnection;
  /** The call behind a request, by the id that the backend knows it by. */
  callOf(backendId: RequestId): PendingCall | undefined;
  /** The answer to initialize has become known: a client that waits for it gets it. */
  answerInitialize(): void;
  notify(method: string, params?: JsonObject): void;
  /** Settles when the client has read enough for more to be written; null: it has. */
  whenWritable(): Promise<void> | null;
  /** Refuses, finishes and aborts requests; settles when all have settled and every answer is flushed. */
  drain(request: DrainRequest, signal: AbortSignal): Promise<void>;
  flush(): Promise<void>;
}

/** What a client sends in the place of a text may be anything. */
const textOr = (otherwise: string, value: unknown): string => (typeof value === 'string' ? value : otherwise);

const nothing = () => undefined;
const firstByteLimitMs = 50;

export function createFront(options: FrontOptions): Front {
  const { log } = options;
  const output = createOutput(options.stdout, options.write, () => options.onEnd('stdoutClosed'));
  const writeLine = (json: string) => output.write(`${json}\n`);
  const answers = createAnswers(writeLine);
  const callLog = createCallLog((id) => calls.waitsFor(id));
  const calls = createPendingCalls({
    ...options.calls,
    onRun: callLog.run,
    sendProgress(progressToken, seconds, message) {
      callLog.progress(progressToken, message);
      const progress = Math.round(seconds * options.progressPerSecond * 1e6) / 1e6;
      answers.notify('notifications/progress', { progressToken, progress, message });
    },
  });
  const alone: Batch = { answers, hold: nothing, release: nothing };
  /** Of pending requests that came in one. */
  const batches = new Map<RequestId, Batch>();
  const settle = (id: RequestId, outcome: CallOutcome, answer: (to: Answers) => string | null) => {
    const batch = batches.get(id) ?? alone;
    batches.delete(id);
    if (calls.isCancelled(id)) callLog.end(id, 'cancelled', null);
    else {
      try {
        callLog.end(id, outcome, answer(batch.answers));
      } catch (problem) {
        callLog.end(id, 'error', refuseToWrite(id, problem, batch.answers));
      }
    }
    batch.release();
    calls.settle(id);
  };
  /** What is nested some thousand levels deep cannot be written. */
  const refuseToWrite = (id: RequestId | undefined, problem: unknown, to: Answers) => {
    log.warning('message_not_written', { error: toFault(problem).message });
    return to.error(id, jsonRpcCode.internalError, 'Internal error: the message cannot be passed on');
  };
  const settleWith = (id: RequestId, fault: Fault) => {
    const isCall = (calls.get(id)?.tool ?? null) !== null;
    settle(id, isCall ? 'toolError' : 'error', (to) => to.fault(id, isCall, fault));
  };
  const port = createBackendPort({
    onHandOver(id, acquiresSlots) {
      if (!acquiresSlots) return calls.run(id);
      calls.unpark(id);
      return callLog.run(id);
    },
    onAnswer: (answer, id, line) => settle(id, outcomeOf(answer), (to) => to.pass({ ...answer, id }, line)),
    onMessage(message, line) {
      const { method, params } = message;
      if (method === 'notifications/progress') callLog.progress(params?.progressToken, params?.message);
      try {
        answers.pass(message, line);
      } catch (problem) {
        log.warning('message_not_written', { error: toFault(problem).message });
      }
    },
    onLost(ids, fault) {
      // All are aborted before the first settles: a slot that becomes free is for others.
      for (const id of ids) calls.abort(id, fault);
      for (const id of ids) settleWith(id, fault);
    },
    mayRunAgain: options.mayRunAgain,
    onParkedAgain(id) {
      const call = calls.get(id);
      if (call !== undefined) park(call);
    },
  });
  const park = (call: PendingCall) =>
    calls.park(call, [...new Set([...options.backendNeeds, ...call.needs])], (fault) => {
      port.withdraw(call.id);
      settleWith(call.id, fault);
    });

  let backendTimer: NodeJS.Timeout | undefined;
  const requestBackend = () => {
    clearTimeout(backendTimer);
    options.onBackendNeeded();
  };
  /** After this turn's answers are written: loading the backend holds the event loop. */
  const requestBackendSoon = () => void setImmediate(requestBackend);
  const requestBackendAfter = (ms: number) => {
    clearTimeout(backendTimer);
    if (!port.isAttached) backendTimer = startTimer(requestBackend, ms);
  };

  let version: string | null = null;
  /** @returns whether it has been answered */
  const answerInitialize = ({ id, params = {} }: JsonRpcRequest) => {
    const known = options.answers.initialize(params, options.fault()?.message);
    if (known === null) return false;
    version = known.version;
    if (calls.get(id) === undefined) answers.result(id, known.result);
    else settle(id, 'result', (to) => to.result(id, known.result));
    requestBackendAfter(options.backendDelayMs);
    return true;
  };
  /** Requests of clients that wait for the answer to initialize. */
  let introductions: JsonRpcRequest[] = [];
  const initialize = (request: JsonRpcRequest) => {
    options.onInitialize(request.params as ClientIntroduction);
    port.pass(request);
    if (answerInitialize(request)) return;
    const call = takeIn(request, alone);
    if (call === null) return;
    introductions.push(request);
    park(call);
    requestBackendSoon();
  };

  const takeIn = ({ id, method, params }: JsonRpcRequest, batch: Batch): PendingCall | null => {
    const tool = method === 'tools/call' ? textOr('', params?.name) : null;
    try {
      const needs = tool === null ? [] : options.answers.needsOf(tool);
      const call = calls.add(id, tool, needs, progressTokenOf(params));
      if (batch !== alone) batches.set(id, batch);
      batch.hold();
      return call;
    } catch (problem) {
      batch.answers.fault(id, tool !== null, problem as Fault & Error);
      return null;
    }
  };
  const handOn = (request: JsonRpcRequest, line: MessageLine | undefined, batch: Batch) => {
    const call = takeIn(request, batch);
    if (call === null) return;
    callLog.begin(call, request.method, progressTokenOf(request.params), line?.text ?? encodeJson(request));
    const isAttached = port.isAttached;
    port.pass(request, line);
    if (isAttached) return;
    park(call);
    requestBackendSoon();
  };

  const onRequest = (request: JsonRpcRequest, line: MessageLine | undefined, batch: Batch) => {
    const { id, method, params } = request;
    const fault = options.fault();
    const to = batch.answers;
    const refuse = (why: string) => to.error(id, jsonRpcCode.invalidRequest, `Invalid request: ${why}`);
    if (calls.get(id) !== undefined) return refuse('a request with this "id" is still being answered');
    if (method === 'initialize')
      return batch === alone ? initialize(request) : refuse('initialize is not part of a batch');
    if (method === 'ping') return to.result(id, '{}');
    if (method === 'server/discover') return to.error(id, jsonRpcCode.methodNotFound, 'Method not found');
    const list = options.answers.list(method, params);
    if (list !== null) {
      to.result(id, list);
      if (!port.isAttached) requestBackendSoon();
      return undefined;
    }
    if (fault !== null) return to.fault(id, method === 'tools/call', fault);
    return handOn(request, line, batch);
  };

  const onNotification = (notification: JsonRpcNotification, line: MessageLine | undefined) => {
    if (notification.method !== 'notifications/cancelled') {
      // A server that cannot work will never take them.
      if (port.isAttached || options.fault() === null) port.pass(notification, line);
      return;
    }
    const id = notification.params?.requestId as RequestId;
    const reason = textOr('The client cancelled the request.', notification.params?.reason);
    calls.cancel(id, reason);
    if (calls.get(id) !== undefined && !port.cancel(id, reason)) settle(id, 'cancelled', () => null);
  };

  const onMalformed = ({ id, code, reason }: Malformed, sizeBytes: number, batch: Batch) => {
    log.warning('malformed_message', { code, reason, bytes: sizeBytes });
    batch.answers.error(id, code, reason);
  };
  const onMessage = (incoming: Incoming, sizeBytes: number, batch = alone) => {
    switch (incoming.kind) {
      case 'request': {
        const { id, method, params } = incoming.message;
        const problem = explainBadParams(method, params, options.checkedMethods);
        if (problem !== null) return onMalformed(invalidParams(problem, id), sizeBytes, batch);
        return onRequest(incoming.message, incoming.line, batch);
      }
      case 'notification':
        return onNotification(incoming.message, incoming.line);
      case 'response':
        return port.pass(incoming.message, incoming.line);
      case 'malformed':
        return onMalformed(incoming, sizeBytes, batch);
      case 'batch':
        return onBatch(incoming.messages, sizeBytes);
      case 'blank':
    }
  };

  const onBatch = (messages: readonly unknown[], sizeBytes: number) => {
    const problem = explainBadBatch(messages, version);
    if (problem !== null) {
      for (const id of idsOf(messages)) onMessage(invalidRequest(problem, id), sizeBytes);
      return;
    }
    const batch = createBatch(writeLine);
    for (const message of messages) handle(classify(message), sizeBytes, batch);
    batch.release();
  };

  /** A message that cannot be handled is refused: it does not end the server. */
  const handle = (incoming: Incoming, sizeBytes: number, batch = alone) => {
    try {
      onMessage(incoming, sizeBytes, batch);
    } catch (problem) {
      const id = incoming.kind === 'request' ? incoming.message.id : undefined;
      if (id !== undefined && calls.get(id) !== undefined) settle(id, 'error', (to) => refuseToWrite(id, problem, to));
      else refuseToWrite(id, problem, batch.answers);
    }
  };
  let isFirstLine = true;
  const onLine = (line: Buffer) => {
    if (line.length > 0) handle(readMessage(line, isFirstLine), line.length);
    isFirstLine = false;
  };

  const onTooLong = (bytes: number) => {
    log.warning('message_too_long', { bytes, limit: options.maxMessageBytes });
    const mib = options.maxMessageBytes / 1_048_576;
    answers.error(
      undefined,
      jsonRpcCode.invalidRequest,
      `Invalid request: the message is longer than ${mib} MiB${options.calls.hasSettings ? ' (wire.max_message_mib)' : ''}`,
    );
  };

  return {
    calls,
    callLog,
    open() {
      const lines = createLineSplitter<Buffer>({
        maxLineBytes: options.maxMessageBytes,
        join: Buffer.concat,
        onLine,
        onTooLong,
      });
      const { stdin } = options;
      requestBackendAfter(firstByteLimitMs);
      stdin.once('data', () => clearTimeout(backendTimer));
      stdin.on('data', (chunk: Buffer) => lines.push(chunk));
      stdin.once('end', () => {
        lines.end();
        options.onEnd('eof');
      });
      stdin.once('error', () => options.onEnd('eof'));
    },
    connect(backend) {
      const connection = port.connect(backend);
      return {
        ...connection,
        attach() {
          clearTimeout(backendTimer);
          connection.attach();
        },
      };
    },
    callOf(backendId) {
      const id = port.clientIdOf(backendId);
      return id === undefined ? undefined : calls.get(id);
    },
    answerInitialize() {
      introductions = introductions.filter(
        (request) => calls.get(request.id) !== undefined && !answerInitialize(request),
      );
    },
    notify: answers.notify,
    whenWritable: output.whenWritable,
    async drain({ finishMs, keepsWaiting, fault }, signal) {
      calls.close(fault, keepsWaiting);
      if (finishMs > 0) await within(finishMs, calls.whenEmpty(), signal);
      for (const id of calls.abortAll(fault)) if (!port.cancel(id, fault.message)) settleWith(id, fault);
      await calls.whenEmpty();
      await output.flush();
    },
    flush: output.flush,
  };
}

const outcomeOf = ({ error, result }: JsonRpcResponse): CallOutcome => {
  if (error !== undefined) return 'error';
  return isJsonObject(result) && result.isError === true ? 'toolError' : 'result';
};
