import type { Readable, Writable } from 'node:stream';
import type { Fault } from '../domain/app-error.ts';
import type { JsonObject } from '../domain/json-object.ts';
import {
  type JsonRpcMessage,
  type JsonRpcRequest,
  jsonRpcCode,
  type ProgressToken,
  type RequestId,
} from '../domain/json-rpc.ts';
import { createLineSplitter } from '../domain/line-splitter.ts';
import type { Log } from '../domain/log-record.ts';
import type { ShutdownPolicy } from '../domain/shutdown-policy.ts';
import { toolErrorOf } from '../domain/tool-result.ts';
import type { ToolSign } from '../domain/tool-visibility.ts';
import { within } from '../domain/within.ts';
import { type Admission, type AdmissionOptions, createAdmission } from './admission.ts';
import { type Handshake, initializeResult, toolsListResult } from './handshake.ts';
import { readMessage } from './message.ts';
import { createOutput } from './output.ts';
import type { Ticket } from './ticket.ts';

/** What the kitchen gives once it is loaded: the server behind the door. */
export interface Kitchen {
  onMessage(message: JsonRpcMessage): void;
}

export interface FrontOptions {
  readonly stdin: Readable;
  readonly stdout: Writable;
  /** The stream's own write, taken before stdout was guarded. */
  readonly write: Writable['write'];
  readonly handshake: Handshake;
  readonly maxMessageBytes: number;
  readonly admission: Omit<AdmissionOptions, 'sendProgress'>;
  readonly log: Log;
  /** Meets the client that says hello. */
  greet(client: { readonly name: string; readonly version: string }): void;
  /** Why the server cannot work; stands in the instructions that the client gets, and in the answer to every call. */
  fault(): Fault | null;
  isListed(tool: ToolSign): boolean;
  /**
   * The kitchen is wanted: the list has been answered, a request came that the door cannot answer, the client has said
   * hello a second ago, or nobody has said anything for 50 ms. May be called again while requests are held.
   */
  onWanted(): void;
  onEnd(reason: 'eof' | 'stdoutClosed'): void;
}

/** The door: owns stdin and stdout, answers what it can at once, and hands everything else on in order. */
export interface Front {
  readonly admission: Admission;
  /** Starts to read. Everything else may be called before. */
  open(): void;
  /** Hands over what was held, in order, and everything that comes from now on. */
  attach(kitchen: Kitchen): void;
  /** Sends a message of the server to the client; an answer that the door has given already is dropped. */
  send(message: JsonRpcMessage): void;
  /**
   * The tools that are listed may have changed: the next list is made anew. Settles when the client, told of it, has asked for it, and after
   * 100 ms at the latest: many never ask.
   */
  forgetList(): Promise<void>;
  /** Takes leave of the client; settles when every request is settled and every answer is flushed. */
  drain(policy: ShutdownPolicy, leaving: Fault, signal: AbortSignal): Promise<void>;
  flush(): Promise<void>;
}

const firstByteLimitMs = 50;
const listLimitMs = 1_000;
const relistLimitMs = 100;

export function createFront(options: FrontOptions): Front {
  const { handshake, log } = options;
  const output = createOutput(options.stdout, options.write, () => options.onEnd('stdoutClosed'));
  /** How many answers of the server to drop, by id: the door has given them already. */
  const answeredHere = new Map<RequestId, number>();
  let held: JsonRpcMessage[] = [];
  let kitchen: Kitchen | null = null;
  let list: string | null = null;
  let onListed: () => void = () => undefined;
  let wantTimer: NodeJS.Timeout | undefined;

  const listNow = () => toolsListResult(handshake.tools.filter(options.isListed));
  const answer = (id: RequestId, result: string) =>
    output.write(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}\n`);
  const fail = (id: RequestId | undefined, code: number, message: string, data?: unknown) => {
    const error = data === undefined ? { code, message } : { code, message, data };
    output.write(`${JSON.stringify(id === undefined ? { jsonrpc: '2.0', error } : { jsonrpc: '2.0', id, error })}\n`);
  };
  const notify = (method: string, params: JsonObject) =>
    output.write(`${JSON.stringify({ jsonrpc: '2.0', method, params })}\n`);

  const admission = createAdmission({
    ...options.admission,
    sendProgress: (progressToken, progress, message) =>
      notify('notifications/progress', { progressToken, progress, message }),
  });

  const want = () => {
    clearTimeout(wantTimer);
    options.onWanted();
  };
  /** After what has been answered in this turn has left: loading the kitchen holds the loop. */
  const wantSoon = () => void setImmediate(want);
  const wantAfter = (ms: number) => {
    clearTimeout(wantTimer);
    if (kitchen === null) wantTimer = setTimeout(want, ms).unref();
  };

  const refuse = (id: RequestId, isCall: boolean, problem: Fault) => {
    if (isCall) answer(id, JSON.stringify(toolErrorOf(problem)));
    else fail(id, jsonRpcCode.serverError, problem.message, { code: problem.code });
  };

  /** A request that is answered here after all; a client that has cancelled it gets no answer. */
  const settle = (request: JsonRpcRequest, problem: Fault) => {
    const isWanted = !admission.isCancelled(request.id);
    held = held.filter((message) => message !== request);
    admission.leave(request.id);
    if (isWanted) refuse(request.id, request.method === 'tools/call', problem);
  };

  const pass = (message: JsonRpcMessage) => {
    if (kitchen === null) held.push(message);
    else kitchen.onMessage(message);
  };

  const initialize = (request: JsonRpcRequest) => {
    const { protocolVersion, clientInfo } = request.params as {
      protocolVersion: string;
      clientInfo: { name: string; version: string };
    };
    list = null;
    options.greet(clientInfo);
    answer(request.id, initializeResult(handshake, protocolVersion, options.fault()?.message));
    answeredHere.set(request.id, (answeredHere.get(request.id) ?? 0) + 1);
    pass(request);
    wantAfter(listLimitMs);
  };

  const handOn = (request: JsonRpcRequest) => {
    const isCall = request.method === 'tools/call';
    const tool = isCall ? String(request.params?.name) : null;
    let ticket: Ticket;
    try {
      ticket = admission.enter(request.id, tool, progressTokenOf(request));
    } catch (problem) {
      refuse(request.id, isCall, problem as Fault & Error);
      return;
    }
    pass(request);
    if (kitchen !== null) return;
    const needs = new Set(['backend', ...(handshake.tools.find(({ name }) => name === tool)?.needs ?? [])]);
    admission.hold(ticket, [...needs], (problem) => settle(request, problem));
    wantSoon();
  };

  const onRequest = (request: JsonRpcRequest) => {
    const { id, method } = request;
    const fault = options.fault();
    if (admission.ticket(id) !== undefined) {
      fail(id, jsonRpcCode.invalidRequest, 'Invalid request: a request with this "id" is still being answered');
    } else if (method === 'initialize') initialize(request);
    else if (method === 'ping') answer(id, '{}');
    else if (method === 'server/discover') fail(id, jsonRpcCode.methodNotFound, 'Method not found');
    else if (method === 'tools/list') {
      list ??= listNow();
      answer(id, list);
      onListed();
      if (kitchen === null) wantSoon();
    } else if (fault !== null) refuse(id, method === 'tools/call', fault);
    else handOn(request);
  };

  const onLine = (line: Buffer) => {
    if (line.length === 0) return;
    const incoming = readMessage(line);
    switch (incoming.kind) {
      case 'request':
        return onRequest(incoming.message);
      case 'notification': {
        const { method, params } = incoming.message;
        if (method !== 'notifications/cancelled') return pass(incoming.message);
        const id = params?.requestId as RequestId;
        return admission.cancel(id, String(params?.reason ?? 'The client cancelled the request.'));
      }
      case 'response':
        return pass(incoming.message);
      case 'malformed':
        log.warning('malformed_message', { code: incoming.code, reason: incoming.reason, bytes: line.length });
        return fail(incoming.id, incoming.code, incoming.reason);
      case 'blank':
    }
  };

  const onTooLong = (bytes: number) => {
    log.warning('message_too_long', { bytes, limit: options.maxMessageBytes });
    const mib = options.maxMessageBytes / 1_048_576;
    fail(
      undefined,
      jsonRpcCode.invalidRequest,
      `Invalid request: the message is longer than ${mib} MiB (wire.max_message_mib)`,
    );
  };

  return {
    admission,
    open() {
      const lines = createLineSplitter<Buffer>({
        maxLineBytes: options.maxMessageBytes,
        join: Buffer.concat,
        onLine,
        onTooLong,
      });
      const { stdin } = options;
      wantAfter(firstByteLimitMs);
      stdin.once('data', () => clearTimeout(wantTimer));
      stdin.on('data', (chunk: Buffer) => lines.push(chunk));
      stdin.once('end', () => {
        lines.end();
        options.onEnd('eof');
      });
      stdin.once('error', () => options.onEnd('eof'));
    },
    attach(loaded) {
      clearTimeout(wantTimer);
      kitchen = loaded;
      const messages = held;
      held = [];
      for (const message of messages) {
        const ticket = 'id' in message ? admission.ticket(message.id) : undefined;
        if (ticket !== undefined) admission.release(ticket);
        loaded.onMessage(message);
      }
    },
    send(message) {
      if (!('method' in message)) {
        const { id } = message;
        const toDrop = answeredHere.get(id) ?? 0;
        if (toDrop > 1) answeredHere.set(id, toDrop - 1);
        else answeredHere.delete(id);
        if (toDrop > 0) return;
        const isUnwanted = admission.isCancelled(id);
        if (!isUnwanted) output.write(`${JSON.stringify(message)}\n`);
        admission.leave(id);
      } else output.write(`${JSON.stringify(message)}\n`);
    },
    forgetList() {
      const before = list;
      list = null;
      if (before === null || before === listNow()) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, relistLimitMs);
        onListed = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
    async drain(policy, leaving, signal) {
      const { servesBackendCalls, finishMs } = policy;
      admission.close(leaving, (waitsFor) => servesBackendCalls && waitsFor.every((name) => name === 'backend'));
      if (finishMs > 0) await within(finishMs, admission.whenEmpty(), signal);
      admission.abortAll(leaving);
      await admission.whenEmpty();
      await output.flush();
    },
    flush: () => output.flush(),
  };
}

function progressTokenOf(request: JsonRpcRequest): ProgressToken | undefined {
  const meta = request.params?._meta as { progressToken?: ProgressToken } | undefined;
  return meta?.progressToken;
}
