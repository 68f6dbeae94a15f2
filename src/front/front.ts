import type { Readable, Writable } from 'node:stream';
import type { Fault } from '../domain/app-error.ts';
import { encodeJson } from '../domain/encode-json.ts';
import { isJsonObject } from '../domain/json-object.ts';
import {
  type JsonRpcNotification,
  type JsonRpcRequest,
  type JsonRpcResponse,
  jsonRpcCode,
  type ProgressToken,
  type RequestId,
} from '../domain/json-rpc.ts';
import { createLineSplitter } from '../domain/line-splitter.ts';
import type { Log } from '../domain/log-record.ts';
import { startTimer } from '../domain/timers.ts';
import { within } from '../domain/within.ts';
import { type Answers, createAnswers } from './answers.ts';
import { type Backend, type BackendConnection, createBackendPort } from './backend-port.ts';
import { type Batch, createBatch, explainBadBatch, idsOf } from './batch.ts';
import { type CallLog, type CallOutcome, createCallLog } from './call-log.ts';
import { agreedVersion, type Handshake, initializeResult, type ListedTool } from './handshake.ts';
import { classify, type Incoming, invalidRequest, readMessage } from './message.ts';
import { createOutput } from './output.ts';
import { progressTokenOf } from './params.ts';
import type { PendingCall } from './pending-call.ts';
import { createPendingCalls, type PendingCalls, type PendingCallsOptions } from './pending-calls.ts';
import { createToolList } from './tool-list.ts';

export interface FrontOptions<Tool extends ListedTool> {
  readonly stdin: Readable;
  readonly stdout: Writable;
  /** The stream's own write, taken before stdout was guarded. */
  readonly write: Writable['write'];
  readonly handshake: Handshake<Tool>;
  readonly maxMessageBytes: number;
  readonly calls: Omit<PendingCallsOptions, 'sendProgress' | 'onRun'>;
  /** What a request waits for while there is no backend, beside the needs of its tool. */
  readonly backendNeeds: readonly string[];
  readonly log: Log;
  onInitialize(client: { readonly name: string; readonly version: string }): void;
  /** Why the server cannot work; becomes its instructions and the answer to every call. */
  fault(): Fault | null;
  isListed(tool: Tool): boolean;
  /**
   * The backend is needed: the list has been answered, a request came that the front cannot answer, the initialize answer is a second old, or
   * nothing came within 50 ms. May be called again while requests are parked.
   */
  onBackendNeeded(): void;
  onEnd(trigger: 'eof' | 'stdoutClosed'): void;
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
  /** The listed tools may have changed. Call it just before the client is notified; settles as `ToolList.change`. */
  changeList(): Promise<void>;
  /** Refuses, finishes and aborts requests; settles when all have settled and every answer is flushed. */
  drain(request: DrainRequest, signal: AbortSignal): Promise<void>;
  flush(): Promise<void>;
}

const lostFault: Fault = {
  code: 'unavailable',
  message:
    'The server behind this one has ended before it answered. The call may have had effects: check before you call again.',
};

const nothing = () => undefined;
const firstByteLimitMs = 50;
const listLimitMs = 1_000;

export function createFront<Tool extends ListedTool>(options: FrontOptions<Tool>): Front {
  const { handshake, log } = options;
  const output = createOutput(options.stdout, options.write, () => options.onEnd('stdoutClosed'));
  const writeLine = (json: string) => output.write(`${json}\n`);
  const answers = createAnswers(writeLine);
  const list = createToolList(handshake, options.isListed);
  const needs = new Map(handshake.tools.map((tool) => [tool.name, tool.needs]));
  const callLog = createCallLog();
  const calls = createPendingCalls({
    ...options.calls,
    onRun: callLog.run,
    sendProgress(progressToken, progress, message) {
      callLog.progress(progressToken);
      answers.notify('notifications/progress', { progressToken, progress, message });
    },
  });
  const alone: Batch = { answers, hold: nothing, release: nothing };
  /** Of pending requests. */
  const batches = new Map<RequestId, Batch>();
  const settle = (id: RequestId, outcome: CallOutcome, answer: (to: Answers) => string | null) => {
    const batch = batches.get(id) ?? alone;
    batches.delete(id);
    if (calls.isCancelled(id)) callLog.end(id, 'cancelled', null);
    else callLog.end(id, outcome, answer(batch.answers));
    batch.release();
    calls.settle(id);
  };
  const settleWith = (id: RequestId, fault: Fault) => {
    const isCall = (calls.get(id)?.tool ?? null) !== null;
    settle(id, isCall ? 'toolError' : 'error', (to) => to.fault(id, isCall, fault));
  };
  const port = createBackendPort({
    onUnpark(id) {
      calls.unpark(id);
      callLog.run(id);
    },
    onAnswer: (answer, id) => settle(id, outcomeOf(answer), (to) => to.pass({ ...answer, id })),
    onMessage(message) {
      if (message.method === 'notifications/progress') callLog.progress(message.params?.progressToken as ProgressToken);
      answers.pass(message);
    },
    onLost(ids) {
      // All are aborted before the first settles: a slot that becomes free is for others.
      for (const id of ids) calls.abort(id, lostFault);
      for (const id of ids) settleWith(id, lostFault);
    },
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
  const initialize = (request: JsonRpcRequest) => {
    const { protocolVersion, clientInfo } = request.params as {
      protocolVersion: string;
      clientInfo: { name: string; version: string };
    };
    list.reset();
    version = agreedVersion(handshake, protocolVersion);
    options.onInitialize(clientInfo);
    answers.result(request.id, initializeResult(handshake, version, options.fault()?.message));
    port.pass(request);
    requestBackendAfter(listLimitMs);
  };

  const handOn = (request: JsonRpcRequest, batch: Batch, text: string) => {
    const { id, params } = request;
    const isCall = request.method === 'tools/call';
    const tool = isCall ? String(params?.name) : null;
    let call: PendingCall;
    try {
      call = calls.add(id, tool, needs.get(tool ?? '') ?? [], progressTokenOf(params));
    } catch (problem) {
      batch.answers.fault(id, isCall, problem as Fault & Error);
      return;
    }
    callLog.begin(call, request.method, progressTokenOf(params), text);
    batches.set(id, batch);
    batch.hold();
    const isAttached = port.isAttached;
    if (isAttached) callLog.run(id);
    port.pass(request);
    if (isAttached) return;
    calls.park(call, [...new Set([...options.backendNeeds, ...call.needs])], (fault) => {
      port.withdraw(id);
      settleWith(id, fault);
    });
    requestBackendSoon();
  };

  const onRequest = (request: JsonRpcRequest, batch: Batch, text: string) => {
    const { id, method } = request;
    const fault = options.fault();
    const to = batch.answers;
    const refuse = (why: string) => to.error(id, jsonRpcCode.invalidRequest, `Invalid request: ${why}`);
    if (calls.get(id) !== undefined) refuse('a request with this "id" is still being answered');
    else if (method === 'initialize') {
      if (batch === alone) initialize(request);
      else refuse('initialize is not part of a batch');
    } else if (method === 'ping') to.result(id, '{}');
    else if (method === 'server/discover') to.error(id, jsonRpcCode.methodNotFound, 'Method not found');
    else if (method === 'tools/list') {
      to.result(id, list.answer());
      if (!port.isAttached) requestBackendSoon();
    } else if (fault !== null) to.fault(id, method === 'tools/call', fault);
    else handOn(request, batch, text);
  };

  const onNotification = (notification: JsonRpcNotification) => {
    if (notification.method !== 'notifications/cancelled') {
      // A server that cannot work will never take them.
      if (port.isAttached || options.fault() === null) port.pass(notification);
      return;
    }
    const id = notification.params?.requestId as RequestId;
    const reason = String(notification.params?.reason ?? 'The client cancelled the request.');
    calls.cancel(id, reason);
    if (calls.get(id) !== undefined && !port.cancel(id, reason)) settle(id, 'cancelled', () => null);
  };

  const onMessage = (incoming: Incoming, sizeBytes: number, batch = alone) => {
    switch (incoming.kind) {
      case 'request':
        return onRequest(incoming.message, batch, incoming.text);
      case 'notification':
        return onNotification(incoming.message);
      case 'response':
        return port.pass(incoming.message);
      case 'malformed':
        log.warning('malformed_message', { code: incoming.code, reason: incoming.reason, bytes: sizeBytes });
        return batch.answers.error(incoming.id, incoming.code, incoming.reason);
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
    for (const message of messages) onMessage(classify(message, encodeJson(message)), sizeBytes, batch);
    batch.release();
  };

  let isFirstLine = true;
  const onLine = (line: Buffer) => {
    if (line.length > 0) onMessage(readMessage(line, isFirstLine), line.length);
    isFirstLine = false;
  };

  const onTooLong = (bytes: number) => {
    log.warning('message_too_long', { bytes, limit: options.maxMessageBytes });
    const mib = options.maxMessageBytes / 1_048_576;
    answers.error(
      undefined,
      jsonRpcCode.invalidRequest,
      `Invalid request: the message is longer than ${mib} MiB (wire.max_message_mib)`,
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
    changeList: list.change,
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
